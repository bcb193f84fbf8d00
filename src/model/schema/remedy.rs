//! The SQL that mends what a rule finds, ready to be typed.

use super::catalog::{Backing, Database, EnumType};
use super::view::{ColumnRef, ForeignKeyRef, IndexRef, TableRef};
use crate::source::{Name, SourceId, Sources};
use crate::sql::{ColumnType, Dialect};
use std::borrow::Borrow;
use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

/// Reserved words that are likely names of tables and columns.
fn reserved() -> &'static HashSet<String> {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let table: toml::Table = include_str!("../../../data/reserved_words.toml").parse().unwrap_or_default();
        let words = table.get("words").and_then(|value| value.as_array()).into_iter().flatten();
        words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
    })
}

/// A name as SQL writes it in a dialect: in quotes where it needs them.
pub fn quoted(dialect: Dialect, name: &str) -> String {
    // PostgreSQL alone folds what is not quoted, to lower case.
    let is_letter = |c: char| c.is_ascii_lowercase() || c == '_' || (dialect != Dialect::Postgres && c.is_ascii_uppercase());
    let plain = name.starts_with(is_letter) && name.chars().all(|c| is_letter(c) || c.is_ascii_digit());
    match dialect {
        _ if plain && !reserved().contains(&name.to_ascii_lowercase()) => name.to_owned(),
        Dialect::MySql => format!("`{}`", name.replace('`', "``")),
        Dialect::SqlServer => format!("[{}]", name.replace(']', "]]")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// A text as SQL writes it in a dialect, in quotes.
pub fn text_literal(dialect: Dialect, text: &str) -> String {
    let text = text.replace('\'', "''");
    match dialect {
        // There a backslash takes away the meaning of what follows it.
        Dialect::MySql => format!("'{}'", text.replace('\\', r"\\")),
        _ => format!("'{text}'"),
    }
}

/// A type as SQL writes it: the name of one's own in quotes where it needs them.
pub fn type_sql(dialect: Dialect, of: &ColumnType) -> String {
    let is_folded = dialect == Dialect::Postgres && of.name.contains(|c: char| c.is_ascii_uppercase()) && !of.name.contains('"');
    let name = match is_folded {
        true => of.name.split('.').map(|part| quoted(dialect, part)).collect::<Vec<_>>().join("."),
        false => of.name.clone(),
    };
    ColumnType { name, ..of.clone() }.display()
}

/// Where statements are to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Like any other.
    Plain,
    /// Alone and outside of a transaction.
    Apart,
}

impl Database {
    /// Whether indexes can and should be made without blocking writers.
    fn is_live_postgres(&self) -> bool {
        self.dialect == Dialect::Postgres && self.variant.is_none() && (self.tool.is_some() || self.printed_by.is_some())
    }

    /// The word that keeps writers going while an index is made or dropped, with a space behind it, where there is one.
    fn concurrently(&self) -> &'static str {
        if self.is_live_postgres() { "CONCURRENTLY " } else { "" }
    }

    /// Where statements go that make or drop an index.
    fn manner(&self) -> Manner {
        if self.is_live_postgres() { Manner::Apart } else { Manner::Plain }
    }

    /// What its statements are for, in words of people: `cockroachdb`, `mysql`.
    fn spoken_dialect(&self) -> &str {
        self.variant.as_deref().unwrap_or(self.dialect.name())
    }

    /// The path of one of its migrations or schema files.
    fn path(&self, source: SourceId) -> &str {
        self.migrations.iter().find(|one| one.source == source).map_or(self.source.as_str(), |one| one.path.as_str())
    }

    /// Where statements go that would change what this migration or schema file made, and the statements.
    fn place(&self, source: SourceId, statements: &[String], manner: Manner) -> String {
        let text = statements.join("\n");
        let file = self.path(source);
        let each = if statements.len() > 1 { " each" } else { "" };
        let apart = manner == Manner::Apart;
        if let Some(tool) = &self.printed_by {
            let way = self.way_out.as_ref().filter(|_| apart).map_or(String::new(), |way| format!(", with {way}"));
            return format!("in a new migration of {tool}{way}:\n{text}");
        }
        match (self.tool.as_deref(), &self.way_out) {
            (None, _) if statements.len() > 1 => format!("in `{file}`:\n{text}"),
            (None, _) => format!("in `{file}`: {text}"),
            (Some(_), Some(way)) if apart => format!("in a new migration{each}, with {way}:\n{text}"),
            (Some("unknown"), None) if apart => format!("in a new migration{each}, outside of a transaction:\n{text}"),
            (Some(tool), None) if apart => format!("by hand, since {tool} has no way out of its transaction:\n{text}"),
            _ if statements.len() > 1 => format!("in a new migration:\n{text}"),
            _ => format!("in a new migration: {text}"),
        }
    }
}

/// The remedies of one finding: the first of each dialect, migrations before schema files, named where there are several.
pub fn per_dialect<'m>(remedies: impl IntoIterator<Item = (TableRef<'m>, String)>) -> String {
    let mut remedies: Vec<(TableRef, String)> = remedies.into_iter().collect();
    remedies.sort_by_key(|(table, _)| table.database().tool.is_none());
    let mut chosen: Vec<(&str, String)> = Vec::new();
    for (table, help) in &remedies {
        let dialect = table.database().spoken_dialect();
        if !chosen.iter().any(|(known, _)| *known == dialect) {
            chosen.push((dialect, help.clone()));
        }
    }
    let several = chosen.len() > 1;
    let lines = chosen.into_iter().map(|(dialect, help)| if several { format!("for {dialect}, {help}") } else { help });
    lines.collect::<Vec<_>>().join("\n")
}

/// The statements that drop the first of many indexes, and the word that the others go the same way.
pub fn drop_all_help<'m>(indexes: impl IntoIterator<Item = IndexRef<'m>>) -> String {
    let first = per_dialect(indexes.into_iter().map(|index| (index.table(), index.drop_help())));
    format!("{first}\n-- and so on for each table named above")
}

/// How many statements are written out of those that all do the same.
const WRITTEN_OUT: usize = 10;

/// The statements that make the indexes of the first of many foreign keys, and the word that the others go the same way.
pub fn create_first_indexes_help(keys: &[ForeignKeyRef]) -> String {
    let mut databases: BTreeMap<usize, Vec<ForeignKeyRef>> = BTreeMap::new();
    for key in keys {
        let held = databases.entry(key.table().database_number()).or_default();
        if !held.iter().any(|one| one.logical() == key.logical()) {
            held.push(*key);
        }
    }
    per_dialect(databases.into_values().filter_map(|keys| {
        let (first, more) = (keys.first()?, keys.len().saturating_sub(WRITTEN_OUT));
        let mut lines: Vec<String> =
            keys.iter().take(WRITTEN_OUT).map(|key| key.table().create_index_sql(&key.columns)).collect();
        lines.extend((more > 0).then(|| format!("-- and so on for the {more} others named above")));
        let database = first.table().database();
        Some((first.table(), database.place(first.table().span.source, &lines, database.manner())))
    }))
}

impl<'m> TableRef<'m> {
    /// What its statements are for, in words of people: `cockroachdb`, `mysql`.
    pub fn spoken_dialect(&self) -> &'m str {
        self.database().spoken_dialect()
    }

    /// Its name as SQL writes it: in the schema that the statement which created it wrote, placeholders included.
    pub fn sql_name(&self) -> String {
        format!("{}{}", self.sql_qualifier(), quoted(self.dialect(), &self.name.name))
    }

    /// The schema as SQL writes it, with its dot; empty where it need not be said.
    fn sql_qualifier(&self) -> String {
        let schema = self.name.schema.as_deref();
        match self.qualifier.as_deref() {
            Some(written) if written.contains(['{', '$', '%', '<']) => format!("{written}."),
            Some(written) if schema.is_none_or(|name| name.eq_ignore_ascii_case(written.trim_matches(['"', '`', '[', ']']))) => {
                format!("{written}.")
            }
            _ => match schema {
                Some("public") | None => String::new(),
                Some(schema) => format!("{}.", quoted(self.dialect(), schema)),
            },
        }
    }

    /// A statement about it and where to write it: in a new migration, or in the file that states its schema.
    pub fn in_place(&self, statement: &str) -> String {
        self.database().place(self.span.source, &[statement.to_owned()], Manner::Plain)
    }

    /// Whether its schema is stated in a file that is mended by hand, instead of being changed by migrations.
    pub fn is_stated(&self) -> bool {
        self.database().tool.is_none() && self.database().printed_by.is_none()
    }

    /// Whether it is changed by writing SQL: in a migration, or in the file that states its schema.
    pub fn is_changed_in_sql(&self, sources: &Sources) -> bool {
        !self.is_stated() || sources.path(self.span.source).to_ascii_lowercase().ends_with(".sql")
    }

    /// A name for a new index that no index of the database has: `orders_user_id_idx`.
    fn free_index_name(&self, about: &str) -> String {
        let tables = &self.database().tables;
        let taken = |name: &str| tables.iter().flat_map(|table| &table.indexes).any(|index| index.name.as_deref() == Some(name));
        super::names::choose(&self.name.name, Some(about), "idx", 0, taken)
    }

    /// The statement that makes an index over columns.
    fn create_index_sql(&self, columns: &[impl Borrow<str>]) -> String {
        let dialect = self.dialect();
        let keys: Vec<String> = columns.iter().map(|column| quoted(dialect, column.borrow())).collect();
        let name = self.free_index_name(&columns.join("_"));
        let word = self.database().concurrently();
        format!("CREATE INDEX {word}{} ON {} ({});", quoted(dialect, &name), self.sql_name(), keys.join(", "))
    }

    /// The statement that makes an index of another sort than over plain columns, and where to write it: `about` goes into its
    /// name, `tail` is what follows the table, as `USING gin (tags)`.
    pub fn create_index_of(&self, unique: bool, about: &str, tail: &str) -> String {
        let dialect = self.dialect();
        let name = self.free_index_name(about);
        let (unique, word) = (if unique { "UNIQUE " } else { "" }, self.database().concurrently());
        let statement = format!("CREATE {unique}INDEX {word}{} ON {} {tail};", quoted(dialect, &name), self.sql_name());
        self.database().place(self.span.source, &[statement], self.database().manner())
    }

    /// The statements that make indexes, one over each of these lists of columns, and where to write them.
    pub fn create_indexes_help(&self, indexes: &[Vec<impl Borrow<str>>]) -> String {
        let statements: Vec<String> = indexes.iter().map(|columns| self.create_index_sql(columns)).collect();
        self.database().place(self.span.source, &statements, self.database().manner())
    }
}

impl EnumType {
    /// Its name as SQL writes it.
    pub fn sql_name(&self, dialect: Dialect) -> String {
        match self.name.schema.as_deref() {
            Some("public") | None => quoted(dialect, &self.name.name),
            Some(schema) => format!("{}.{}", quoted(dialect, schema), quoted(dialect, &self.name.name)),
        }
    }
}

impl ColumnRef<'_> {
    /// Its name as SQL writes it.
    pub fn sql_name(&self) -> String {
        quoted(self.table().dialect(), &self.name)
    }

    /// The statement that gives it another type, and where to write it; `None` where the dialect knows no such statement.
    pub fn alter_type_help(&self, to: &str) -> Option<String> {
        let (column, table) = (self.sql_name(), self.table());
        let table_name = table.sql_name();
        let statement = match table.dialect() {
            // The type of a column there bounds nothing.
            Dialect::Sqlite | Dialect::ClickHouse => return None,
            _ if table.is_stated() => to.to_owned(),
            Dialect::MySql => self.modify_sql(to, self.nullable.known() == Some(&false)),
            Dialect::SqlServer if self.nullable.known() == Some(&false) => {
                format!("ALTER TABLE {table_name} ALTER COLUMN {column} {to} NOT NULL;")
            }
            Dialect::SqlServer => format!("ALTER TABLE {table_name} ALTER COLUMN {column} {to};"),
            Dialect::Postgres => format!("ALTER TABLE {table_name} ALTER COLUMN {column} TYPE {to};"),
        };
        Some(table.database().place(self.span.source, &[statement], Manner::Plain))
    }
}

impl ForeignKeyRef<'_> {
    /// The statement that makes the missing index, and where to write it.
    pub fn create_index_help(&self) -> String {
        self.table().create_indexes_help(std::slice::from_ref(&self.columns))
    }

    /// The statements that make it compare one more pair of columns, and where to write them: a unique index there, where none is over
    /// exactly these columns, and the key. `None` where the table referred to is not known, and where the dialect adds no keys.
    pub fn widen_help(&self, own: &ColumnRef, theirs: &ColumnRef) -> Option<String> {
        let (table, parent) = (self.table(), self.parent()?);
        let dialect = table.dialect();
        if matches!(dialect, Dialect::Sqlite | Dialect::ClickHouse) {
            return None;
        }
        let pairs = || std::iter::once((&own.name, &theirs.name)).chain(self.columns.iter().zip(&self.referenced_columns));
        let list = |names: Vec<&Name>| names.into_iter().map(|name| quoted(dialect, name)).collect::<Vec<_>>().join(", ");
        let there: Vec<&Name> = pairs().map(|(_, there)| there).collect();
        let holds = |index: &IndexRef| {
            let keys: Vec<Option<&Name>> = index.keys.iter().map(|key| key.column.as_ref()).collect();
            let same = keys.len() == there.len() && keys.iter().zip(&there).all(|(key, name)| *key == Some(name));
            same && index.unique && index.predicate.is_none() && !index.only && !index.deferrable
        };
        let columns = list(there.clone());
        let unique = (!parent.indexes().any(|index| holds(&index))).then(|| {
            let about = there.iter().map(|name| name.as_str()).collect::<Vec<_>>().join("_");
            parent.create_index_of(true, &about, &format!("({columns})"))
        });
        let add = format!(
            "ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES {} ({columns}){}{};",
            table.sql_name(),
            list(pairs().map(|(here, _)| here).collect()),
            parent.sql_name(),
            if self.on_delete.as_deref() == Some("CASCADE") { " ON DELETE CASCADE" } else { "" },
            if own.is_postgres() { " NOT VALID" } else { "" }
        );
        Some(unique.into_iter().chain([table.in_place(&add)]).collect::<Vec<_>>().join("\n"))
    }
}

impl IndexRef<'_> {
    /// The statement that drops it, and where to write it.
    pub fn drop_help(&self) -> String {
        let table = self.table();
        let (dialect, database) = (table.dialect(), table.database());
        let Some(name) = self.name.as_deref() else { return "remove it where it is written".into() };
        if table.is_stated() {
            return format!("remove `{name}` from `{}`", database.path(self.span.source));
        }
        let index = quoted(dialect, name);
        let (statement, manner) = match (self.backs, dialect) {
            (Some(Backing::Unique), Dialect::Postgres) => {
                (format!("ALTER TABLE {} DROP CONSTRAINT {index};", table.sql_name()), Manner::Plain)
            }
            (_, Dialect::MySql) => (format!("DROP INDEX {index} ON {};", table.sql_name()), Manner::Plain),
            _ => {
                let statement = format!("DROP INDEX {}{}{index};", database.concurrently(), table.sql_qualifier());
                (statement, database.manner())
            }
        };
        database.place(self.span.source, &[statement], manner)
    }
}
