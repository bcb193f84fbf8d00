//! The catalog with neighbours: what rules and joins ask. A reference knows its database, so that it can look around.

use super::Schema;
use super::catalog::{Backing, Column, Database, Facet, ForeignKey, Index, Table, TableName};
use super::history::AppliedMigration;
use crate::fact::{Fact, Origin};
use crate::sql::Dialect;
use std::ops::Deref;

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

macro_rules! looks_like {
    ($view:ident, $field:ident, $inner:ty) => {
        impl Deref for $view<'_> {
            type Target = $inner;
            fn deref(&self) -> &$inner {
                self.$field
            }
        }
    };
}
looks_like!(TableRef, table, Table);
looks_like!(ColumnRef, column, Column);
looks_like!(IndexRef, index, Index);
looks_like!(ForeignKeyRef, key, ForeignKey);
looks_like!(MigrationRef, migration, AppliedMigration);

impl Schema {
    /// Whether there is no database at all.
    pub fn is_empty(&self) -> bool {
        self.databases.is_empty()
    }

    /// Every table of every database that was created here; external tables are left out.
    pub fn tables(&self) -> impl Iterator<Item = TableRef<'_>> {
        let all = self.databases.iter().enumerate();
        all.flat_map(move |(database, held)| held.tables.iter().map(move |table| TableRef { schema: self, database, table }))
            .filter(|table| !table.external)
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
        let table = self.databases.get(database)?.tables.iter().find(|table| table.name == *name)?;
        Some(TableRef { schema: self, database, table })
    }
}

impl<'m> MigrationRef<'m> {
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

    /// The position of its database: tables with the same number live together.
    pub fn database_number(&self) -> usize {
        self.database
    }

    /// Whether another database that comes first holds the same logical table (a twin for another dialect, or the schema
    /// file that restates what the migrations make), so that what is true of both has to be said once.
    pub fn is_repeated(&self) -> bool {
        self.schema.is_repeated(self.database, &self.table.name.name)
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

    /// What it is called in findings: `public.orders.user_id`, `public.orders(a, b)`.
    pub fn subject(&self) -> String {
        match self.key.columns.as_slice() {
            [one] => format!("{}.{one}", self.table.subject()),
            many => format!("{}({})", self.table.subject(), many.join(", ")),
        }
    }

    /// The index that a lookup by the referring columns uses: its leading keys are these columns in any order, and it holds
    /// every row that refers (it may be partial only by `column IS NOT NULL`).
    pub fn index(&self) -> Fact<IndexRef<'m>> {
        if let Some(index) = self.table.indexes().find(|index| index.serves_lookup(&self.key.columns)) {
            return Fact::Known(index, Origin::Explicit(index.span));
        }
        match self.table.gap(Facet::Indexes).or(self.table.gap(Facet::Constraints)) {
            Some(gap) => Fact::Unknown(gap.why.clone(), gap.span.into_iter().collect()),
            None => Fact::Absent,
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
        self.index.name.clone().unwrap_or_else(|| self.keys_text())
    }

    /// Its keys as people write them: `(user_id, created_at DESC)`.
    pub fn keys_text(&self) -> String {
        let keys = self.index.keys.iter().map(|key| match key.descending {
            true => format!("{} DESC", key.text),
            false => key.text.clone(),
        });
        format!("({})", keys.collect::<Vec<_>>().join(", "))
    }

    /// Whether it stands before `other` in the table; for pairs that are reported once.
    pub fn is_older_than(&self, other: &IndexRef) -> bool {
        self.position < other.position
    }

    /// Whether a lookup of rows by equality on `columns` is a search of this index.
    pub fn serves_lookup(&self, columns: &[String]) -> bool {
        let keys = &self.index.keys;
        let searchable = matches!(self.index.method.as_str(), "btree" | "hash") && !self.index.only;
        let whole = self.index.predicate.as_ref().is_none_or(|one| only_excludes_null(&one.value, columns));
        let leading = keys.get(..columns.len()).unwrap_or(&[]);
        let has = |column: &String| leading.iter().any(|key| key.column.as_ref() == Some(column) && key.prefix.is_none());
        searchable && whole && !columns.is_empty() && !leading.is_empty() && columns.iter().all(has)
    }

    /// Whether both hold the same entries in the same order: same method, keys, `INCLUDE` columns and condition. The
    /// promise of uniqueness may differ.
    pub fn same_entries(&self, other: &IndexRef) -> bool {
        let (a, b) = (self.index, other.index);
        a.method == b.method && a.keys == b.keys && a.include == b.include && same_condition(a, b) && a.only == b.only
    }

    /// Whether its keys are the leading keys of `other`, so that every search of this one is also a search of that one.
    pub fn is_prefix_of(&self, other: &IndexRef) -> bool {
        let (a, b) = (self.index, other.index);
        let plain = a.method == "btree" && b.method == "btree" && a.include.is_empty() && a.only == b.only;
        plain && a.keys.len() < b.keys.len() && b.keys.starts_with(&a.keys) && same_condition(a, b)
    }

    /// Whether a constraint needs it: it cannot be dropped without the constraint.
    pub fn backs_constraint(&self) -> Option<Backing> {
        self.index.backs
    }
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"')).flat_map(char::to_lowercase).collect()
}

fn same_condition(a: &Index, b: &Index) -> bool {
    let text = |index: &Index| index.predicate.as_ref().map(|one| squeeze(&one.value));
    text(a) == text(b)
}

/// Whether a condition says no more than that some of `columns` are not NULL.
fn only_excludes_null(predicate: &str, columns: &[String]) -> bool {
    let text = predicate.to_lowercase().replace(['(', ')', '"'], " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let conjuncts = words.split(|word| *word == "and");
    conjuncts.into_iter().all(|one| match one {
        [column, "is", "not", "null"] => columns.iter().any(|name| name.eq_ignore_ascii_case(column)),
        _ => false,
    })
}
