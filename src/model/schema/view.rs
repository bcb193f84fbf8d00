//! The catalog with neighbours: what rules and joins ask. A reference knows its database, so that it can look around.

mod columns;

pub use columns::{NamedReference, TimeHabit};

use super::catalog::{Backing, Column, Database, ForeignKey, Index, Table, TableName};
use super::history::AppliedMigration;
use super::{Schema, Spoken};
use crate::source::Name;
use crate::sql::{Dialect, IndexKey};

/// A table in its database.
#[derive(Debug, Clone, Copy)]
pub struct TableRef<'m> {
    schema: &'m Schema,
    database: usize,
    table: &'m Table,
}

/// A column in its table.
#[derive(Debug, Clone, Copy)]
pub struct ColumnRef<'m> {
    table: TableRef<'m>,
    column: &'m Column,
}

/// An index in its table.
#[derive(Debug, Clone, Copy)]
pub struct IndexRef<'m> {
    table: TableRef<'m>,
    index: &'m Index,
    position: usize,
}

/// A foreign key in its table.
#[derive(Debug, Clone, Copy)]
pub struct ForeignKeyRef<'m> {
    table: TableRef<'m>,
    key: &'m ForeignKey,
}

/// A migration in its database.
#[derive(Debug, Clone, Copy)]
pub struct MigrationRef<'m> {
    database: &'m Database,
    migration: &'m AppliedMigration,
}

looks_like!(TableRef, table, Table);
looks_like!(ColumnRef, column, Column);
looks_like!(IndexRef, index, Index);
looks_like!(ForeignKeyRef, key, ForeignKey);
looks_like!(MigrationRef, migration, AppliedMigration);

impl Schema {
    /// The number of the first database that is the same as this one in other words.
    pub fn family_of(&self, database: usize) -> usize {
        self.families.get(database).copied().unwrap_or(database)
    }

    /// The table at a position of one database.
    pub fn table_at(&self, database: usize, table: usize) -> Option<TableRef<'_>> {
        let table = self.databases.get(database)?.tables.get(table)?;
        Some(TableRef { schema: self, database, table })
    }

    /// Whether there is no database at all.
    pub fn is_empty(&self) -> bool {
        self.databases.is_empty()
    }

    /// Every table of every database that was created here. External tables are left out, and those of a schema file or of old
    /// migrations that another database states anew: the better statement counts.
    pub fn tables(&self) -> impl Iterator<Item = TableRef<'_>> {
        let all = self.databases.iter().enumerate();
        let tables = all.flat_map(|(database, held)| (0..held.tables.len()).map(move |table| (database, table)));
        let counts = tables.filter(|place| !self.restated.contains(place));
        counts.filter_map(|(database, table)| self.table_at(database, table)).filter(|table| !table.external)
    }

    /// Every foreign key of a table that stays, in databases that do not make an index for it by themselves.
    pub fn foreign_keys_without_own_index(&self) -> impl Iterator<Item = ForeignKeyRef<'_>> {
        let tables = self.tables().filter(|table| !table.is_derived() && table.dialect() != Dialect::MySql);
        tables.flat_map(|table| table.foreign_keys().collect::<Vec<_>>())
    }

    /// Every index that somebody could drop: of tables that stay and whose indexes are all known. The primary key, exclusion
    /// constraints and what MySQL made itself are not among them.
    pub fn droppable_indexes(&self) -> impl Iterator<Item = IndexRef<'_>> {
        let tables = self.tables().filter(|table| !table.is_derived() && table.indexes_complete());
        let all = tables.flat_map(|table| table.indexes().collect::<Vec<_>>());
        all.filter(|index| matches!(index.backs, None | Some(Backing::Unique)))
    }

    /// Every migration of every database, in the order of application. Schema files are not migrations.
    pub fn migrations(&self) -> impl Iterator<Item = MigrationRef<'_>> {
        let all = self.databases.iter().filter(|database| database.tool.is_some());
        all.flat_map(|database| database.migrations.iter().map(move |migration| MigrationRef { database, migration }))
    }

    /// A migration by its position in the order of application.
    pub fn migration_in(&self, database: usize, position: usize) -> Option<MigrationRef<'_>> {
        let database = self.databases.get(database)?;
        database.migrations.get(position).map(|migration| MigrationRef { database, migration })
    }

    /// The table of this name in one database, external ones included.
    pub fn table_in(&self, database: usize, name: &TableName) -> Option<TableRef<'_>> {
        let table = self.databases.get(database)?.table_named(name)?;
        Some(TableRef { schema: self, database, table })
    }
}

impl<'m> MigrationRef<'m> {
    pub(super) fn new(database: &'m Database, migration: &'m AppliedMigration) -> MigrationRef<'m> {
        MigrationRef { database, migration }
    }

    /// The database that it changes.
    pub fn database(&self) -> &'m Database {
        self.database
    }

    /// The dialect of that database.
    pub fn dialect(&self) -> Dialect {
        self.database.dialect
    }

    /// The migration itself, with the life of the model.
    pub fn migration(&self) -> &'m AppliedMigration {
        self.migration
    }
}

impl<'m> TableRef<'m> {
    /// The database that holds it.
    pub fn database(&self) -> &'m Database {
        &self.schema.databases[self.database]
    }

    /// Its dialect.
    pub fn dialect(&self) -> Dialect {
        self.database().dialect
    }

    /// What it is called in findings: `public.orders`.
    pub fn subject(&self) -> String {
        self.table.name.to_string()
    }

    /// The table itself, with the life of the model.
    pub fn table(&self) -> &'m Table {
        self.table
    }

    /// Its columns in order.
    pub fn columns(&self) -> impl Iterator<Item = ColumnRef<'m>> + use<'m> {
        let table = *self;
        self.table.columns.iter().map(move |column| ColumnRef { table, column })
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<ColumnRef<'m>> {
        self.columns().find(|column| column.name == name)
    }

    /// Its indexes in order of creation, those behind constraints included.
    pub fn indexes(&self) -> impl Iterator<Item = IndexRef<'m>> + use<'m> {
        let table = *self;
        self.table.indexes.iter().enumerate().map(move |(position, index)| IndexRef { table, index, position })
    }

    /// Its foreign keys in order of creation.
    pub fn foreign_keys(&self) -> impl Iterator<Item = ForeignKeyRef<'m>> + use<'m> {
        let table = *self;
        self.table.foreign_keys.iter().map(move |key| ForeignKeyRef { table, key })
    }

    /// What the application calls it and its columns, where that is known to differ.
    pub fn spoken(&self) -> Option<&'m Spoken> {
        self.schema.spoken(self.database, &self.table.name.name)
    }

    /// The position of its database: tables with the same number live together.
    pub fn database_number(&self) -> usize {
        self.database
    }

    /// The number of the first database that is the same database in other words.
    pub fn family(&self) -> usize {
        self.schema.family_of(self.database)
    }

    /// What it is apart from its dialect: twins for other dialects, and a schema file that restates what the migrations
    /// make, have the same number and name, so that what is true of all of them is said once.
    pub fn logical(&self) -> (usize, String) {
        (self.family(), self.table.name.name.to_lowercase())
    }

    /// This table in every statement of its schema, itself included: in twins for other dialects, and in schema files that
    /// restate what the migrations make.
    pub fn twins(&self) -> impl Iterator<Item = TableRef<'m>> + use<'m> {
        let schema = self.schema;
        let found = schema.namesakes.of(&schema.databases, self.family(), &self.table.name.name);
        found.filter_map(|(database, table)| schema.table_at(database, table))
    }

    /// Whether it is a temporary table or a partition: what is to be said of a partition is said of its parent.
    pub fn is_derived(&self) -> bool {
        self.table.temporary || self.table.parent.is_some()
    }
}

impl<'m> ColumnRef<'m> {
    /// Its table.
    pub fn table(&self) -> TableRef<'m> {
        self.table
    }

    /// What it is called in findings: `public.orders.user_id`.
    pub fn subject(&self) -> String {
        format!("{}.{}", self.table.subject(), self.column.name)
    }

    /// The column itself, with the life of the model.
    pub fn column(&self) -> &'m Column {
        self.column
    }
}

impl<'m> ForeignKeyRef<'m> {
    /// The table that refers.
    pub fn table(&self) -> TableRef<'m> {
        self.table
    }

    /// The table referred to, where it was created here.
    pub fn parent(&self) -> Option<TableRef<'m>> {
        self.table.schema.table_in(self.table.database, &self.key.references).filter(|table| !table.external)
    }

    /// Its name as people say it: `orders.user_id`, `orders(a, b)`.
    pub fn short_name(&self) -> String {
        match self.key.columns.as_slice() {
            [one] => format!("{}.{one}", self.table.short_name()),
            many => format!("{}({})", self.table.short_name(), many.join(", ")),
        }
    }

    /// The name of the table referred to as people say it, known or not.
    pub fn parent_name(&self) -> String {
        self.parent().map_or_else(|| self.key.references.name.to_string(), |table| table.short_name())
    }

    /// What it is apart from its dialect; its columns in order of name, since one index serves keys over the same columns.
    pub fn logical(&self) -> (usize, String, Vec<String>) {
        let (family, table) = self.table.logical();
        let mut columns: Vec<String> = self.key.columns.iter().map(|column| column.to_lowercase()).collect();
        columns.sort();
        (family, table, columns)
    }

    /// What it is called in findings: `public.orders.user_id`, `public.orders(a, b)`.
    pub fn subject(&self) -> String {
        match self.key.columns.as_slice() {
            [one] => format!("{}.{one}", self.table.subject()),
            many => format!("{}({})", self.table.subject(), many.join(", ")),
        }
    }
}

impl<'m> IndexRef<'m> {
    /// Its table.
    pub fn table(&self) -> TableRef<'m> {
        self.table
    }

    /// The index itself, with the life of the model.
    pub fn index(&self) -> &'m Index {
        self.index
    }

    /// What it is called in findings: `public.orders.orders_user_id_idx`.
    pub fn subject(&self) -> String {
        format!("{}.{}", self.table.subject(), self.label())
    }

    /// Its name, or its keys where it has none: `(user_id, created_at)`.
    pub fn label(&self) -> String {
        self.index.name.as_ref().map_or_else(|| self.keys_text(), Name::to_string)
    }

    /// What it is, with its name: `unique constraint `users_email_key``, `the primary key`.
    pub fn described(&self) -> String {
        match self.index.backs {
            Some(Backing::PrimaryKey) => "the primary key".to_owned(),
            Some(Backing::Unique) => format!("unique constraint `{}`", self.label()),
            _ if self.index.unique => format!("unique index `{}`", self.label()),
            _ => format!("`{}`", self.label()),
        }
    }

    /// What it is apart from its dialect.
    pub fn logical(&self) -> (usize, String, String) {
        let (family, table) = self.table.logical();
        (family, table, self.keys_text().to_lowercase())
    }

    /// Its keys as people write them: `(user_id, created_at DESC)`.
    pub fn keys_text(&self) -> String {
        let keys = self.index.keys.iter().map(|key| match key.descending {
            true => format!("{} DESC", key.text()),
            false => key.text().to_owned(),
        });
        format!("({})", keys.collect::<Vec<_>>().join(", "))
    }

    /// Whether a lookup of rows by equality on `columns` is a search of this index.
    pub fn serves_lookup(&self, columns: &[Name]) -> bool {
        self.leads_with(columns) && self.index.predicate.as_ref().is_none_or(|one| only_excludes_null(&one.value, columns))
    }

    /// Whether its leading keys are these columns in any order, whatever rows it leaves out.
    pub fn leads_with(&self, columns: &[Name]) -> bool {
        let searchable = matches!(&*self.index.method, "btree" | "hash") && !self.index.only;
        let leading = self.index.keys.get(..columns.len()).unwrap_or(&[]);
        let has = |column: &Name| leading.iter().any(|key| key.column.as_ref() == Some(column) && key.prefix().is_none());
        searchable && !columns.is_empty() && !leading.is_empty() && columns.iter().all(has)
    }

    /// The index that makes this one superfluous by holding the same entries in the same order: this one can be dropped, and
    /// nothing but its name is lost. Of two equal ones the newer is superfluous.
    pub fn repeats(&self) -> Option<IndexRef<'m>> {
        self.table.indexes().find(|other| self.same_entries(other) && self.gives_way_to(other))
    }

    fn gives_way_to(&self, other: &IndexRef) -> bool {
        let rank = |one: &IndexRef| match one.index.backs {
            Some(Backing::PrimaryKey) => 0,
            Some(Backing::Unique | Backing::Exclusion) => 1,
            _ if one.index.unique => 2,
            Some(Backing::ForeignKey) => 4,
            None => 3,
        };
        // Two promises of uniqueness that treat NULL differently are two promises.
        let both_promise = self.index.unique && other.index.unique;
        let same_promise = !both_promise || self.index.nulls_not_distinct == other.index.nulls_not_distinct;
        same_promise && (rank(other), other.position) < (rank(self), self.position)
    }

    fn same_entries(&self, other: &IndexRef) -> bool {
        let (a, b) = (self.index, other.index);
        let whole = self.position != other.position && a.only == b.only && !a.keys.is_empty();
        whole && a.method == b.method && same_keys(&a.keys, &b.keys) && a.include == b.include && same_condition(a, b)
    }

    /// The index whose leading keys are all keys of this one, so that every search of this one is a search of that one too;
    /// the one with the fewest keys. `None` where this one promises uniqueness or a constraint rests on it.
    pub fn covered_by(&self) -> Option<IndexRef<'m>> {
        let index = self.index;
        let plain = index.method == "btree" && index.include.is_empty() && !index.unique && index.backs.is_none() && !index.only;
        let covers = |other: &IndexRef| {
            let longer = other.index.keys.len() > index.keys.len() && other.index.method == "btree" && !other.index.only;
            longer
                && other.index.keys.get(..index.keys.len()).is_some_and(|head| same_keys(&index.keys, head))
                && same_condition(index, other.index)
        };
        self.table.indexes().filter(|_| plain && !index.keys.is_empty()).filter(covers).min_by_key(|other| other.index.keys.len())
    }
}

fn same_keys(a: &[IndexKey], b: &[IndexKey]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_key(a, b))
}

/// Whether two keys sort alike. `NULLS LAST` says nothing new of an ascending key, `NULLS FIRST` nothing of a descending one.
fn same_key(a: &IndexKey, b: &IndexKey) -> bool {
    let nulls = |key: &IndexKey| key.nulls_first.unwrap_or(key.descending);
    let what = match (&a.column, &b.column) {
        (Some(a), Some(b)) => a == b,
        (None, None) => squeeze(a.text()) == squeeze(b.text()),
        _ => false,
    };
    what && a.opclass() == b.opclass()
        && a.collation() == b.collation()
        && a.descending == b.descending
        && a.prefix() == b.prefix()
        && nulls(a) == nulls(b)
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"')).flat_map(char::to_lowercase).collect()
}

fn same_condition(a: &Index, b: &Index) -> bool {
    let text = |index: &Index| index.predicate.as_ref().map(|one| squeeze(&one.value));
    text(a) == text(b)
}

/// Whether a condition says no more than that some of `columns` are not NULL.
fn only_excludes_null(predicate: &str, columns: &[Name]) -> bool {
    let text = predicate.to_lowercase().replace(['(', ')', '"'], " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let conjuncts = words.split(|word| *word == "and");
    conjuncts.into_iter().all(|one| match one {
        [column, "is", "not", "null"] => columns.iter().any(|name| name.eq_ignore_ascii_case(column)),
        _ => false,
    })
}
