//! What a table without a primary key could have as one.

use super::catalog::{Backing, Table};
use super::remedy::quoted;
use super::view::{IndexRef, TableRef};
use crate::source::Name;
use crate::sql::Dialect;

impl<'m> TableRef<'m> {
    /// Whether it stands in a schema that was made for an extension, among tables none of which has a key: those are the extension's
    /// (templates of pg_partman), which makes them as it likes.
    pub fn serves_extension(&self) -> bool {
        let Some(schema) = self.name.schema.as_ref() else { return false };
        let database = self.database();
        let mut beside = database.tables.iter().filter(|table| table.name.schema.as_ref() == Some(schema));
        let is_keyed = |table: &Table| {
            !table.foreign_keys.is_empty() || table.indexes.iter().any(|index| index.backs == Some(Backing::PrimaryKey))
        };
        database.objects.extension_schemas.iter().any(|one| one == schema) && !beside.any(is_keyed)
    }

    /// The unique index, over all rows and over columns that are never NULL, that names each row as a primary key would; the
    /// one with the fewest columns.
    pub fn key_in_all_but_name(&self) -> Option<IndexRef<'m>> {
        let never_null = |name: &Name| self.column_named(name).is_some_and(|column| column.nullable.known() == Some(&false));
        let names_rows = |index: &IndexRef| {
            let keys = index.keys.iter().all(|key| key.prefix().is_none() && key.column.as_ref().is_some_and(never_null));
            index.unique && index.predicate.is_none() && !index.only && keys
        };
        self.indexes().filter(names_rows).min_by_key(|index| index.keys.len())
    }

    /// Whether a unique index over `(true)` or `(code IS NOT NULL)` keeps it to a row, as that of settings: there is nothing to name.
    /// Where `code` may be NULL that is a row with it and one without: two at most, and the index tells them apart.
    /// <https://www.postgresql.org/docs/current/indexes-expressional.html>
    pub fn is_kept_to_a_row(&self) -> bool {
        let is_the_same_for_all = |expression: &str| {
            let bare = expression.trim_matches(|c: char| c.is_whitespace() || c == '(' || c == ')').to_ascii_lowercase();
            let mut words = bare.split_whitespace();
            let first = words.next().unwrap_or("");
            let rest: Vec<&str> = words.collect();
            let is_constant = first == "true" || !first.is_empty() && first.chars().all(|c| c.is_ascii_digit());
            match rest.as_slice() {
                [] => is_constant,
                ["is", "not", "null"] => first.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '"'),
                _ => false,
            }
        };
        self.indexes().any(|index| {
            let [key] = index.keys.as_slice() else { return false };
            index.unique && index.predicate.is_none() && key.column.is_none() && is_the_same_for_all(key.text())
        })
    }

    /// The statement that gives it a primary key, and where to write it: over the columns that name its rows already, over
    /// `id`, over the two that it joins, or over a new column.
    pub fn primary_key_help(&self) -> String {
        let columns = self.key_columns();
        if self.is_stated() || self.dialect() == Dialect::Sqlite {
            let key = columns.map_or("<the columns that name a row>".to_owned(), |columns| columns.join(", "));
            return format!("in its CREATE TABLE: PRIMARY KEY ({key})");
        }
        let table = self.sql_name();
        if self.partitioned {
            let statement = "PRIMARY KEY (<the columns that name a row>, <the columns that it is partitioned by>);";
            return self.in_place(&format!("ALTER TABLE {table} ADD {statement}"));
        }
        match (columns, self.dialect()) {
            (Some(columns), _) => self.in_place(&format!("ALTER TABLE {table} ADD PRIMARY KEY ({});", columns.join(", "))),
            (None, Dialect::MySql) => self.in_place(&format!(
                "ALTER TABLE {table} ADD COLUMN id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY;"
            )),
            (None, _) => self.in_place(&format!(
                "ALTER TABLE {table} ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;\n-- while the table is small: it writes every row"
            )),
        }
    }

    fn key_columns(&self) -> Option<Vec<String>> {
        let names = |columns: Vec<&str>| columns.into_iter().map(|name| quoted(self.dialect(), name)).collect();
        if let Some(index) = self.key_in_all_but_name() {
            return index.index().columns().map(names);
        }
        if let Some(id) = self.columns.iter().find(|column| column.name.eq_ignore_ascii_case("id")) {
            return Some(names(vec![&id.name]));
        }
        let joined: Vec<&str> = match self.foreign_keys.as_slice() {
            [one, other] => one.columns.iter().chain(&other.columns).map(Name::as_str).collect(),
            _ => return None,
        };
        (joined.len() == 2).then(|| names(joined))
    }
}
