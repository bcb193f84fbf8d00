//! The catalog: what a database holds after its migrations, with the place of every creating and changing element.
//!
//! Plain data without neighbours; [`super::view`] has the questions that rules ask. Absence is never concluded from an
//! empty list alone: each table says per [`Facet`] whether everything that could have changed it was understood.

use super::column_extras::{ColumnExtras, LaterChanges};
use super::names;
use super::objects::{Objects, Trigger};
use super::seed_rows::SeedRows;
use super::table_facts::Stated;
use crate::fact::Fact;
use crate::source::{Name, Span, Spanned};
pub use crate::sql::Identity;
use crate::sql::{ColumnType, DefaultValue, Dialect, DomainCheck, IndexKey, PartitionKey};
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// The name of a table, view or type, as its database holds it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableName {
    /// The schema: `public` where PostgreSQL's search path decides; `None` in dialects without schemas.
    pub schema: Option<Name>,
    /// The name itself.
    pub name: Name,
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A part of a table that can be known while another is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Facet {
    /// The list of columns, their types, nullability and defaults.
    Columns,
    /// Primary key, uniques, checks and foreign keys.
    Constraints,
    /// Indexes, those behind constraints included.
    Indexes,
}

impl Facet {
    /// Every facet.
    pub const ALL: [Facet; 3] = [Facet::Columns, Facet::Constraints, Facet::Indexes];

    /// The name that is printed.
    pub fn name(self) -> &'static str {
        match self {
            Facet::Columns => "columns",
            Facet::Constraints => "constraints",
            Facet::Indexes => "indexes",
        }
    }
}

/// Why a facet is not known: the first statement that was not understood, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Which facet.
    pub facet: Facet,
    /// Why, in one line.
    pub why: String,
    /// The statement, where there is one.
    pub span: Option<Span>,
    /// Whether the table itself is there for certain, under its name.
    pub stands: bool,
}

/// A column as it is after all migrations (or, in a step, just before it).
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub column_type: Fact<Arc<ColumnType>>,
    /// Whether it takes NULL.
    pub nullable: Fact<bool>,
    /// Its default; `Absent` where it has none.
    pub default: Fact<DefaultValue>,
    /// `serial`, `AUTO_INCREMENT`, identity.
    pub auto_increment: bool,
    /// `GENERATED ALWAYS AS (..)`: `Some(true)` when stored.
    pub generated: Option<bool>,
    /// Identity; serial and `AUTO_INCREMENT` are none.
    pub identity: Option<Identity>,
    /// What few columns have.
    pub extras: Option<Box<ColumnExtras>>,
    /// The element that created it.
    pub span: Span,
    /// Its name in that element.
    pub name_span: Span,
    /// What changed it since; `None` where nothing did. See [`Column::changes`].
    pub(super) later: Option<Box<LaterChanges>>,
}

/// A column that is no more.
#[derive(Debug, Clone)]
pub struct DroppedColumn {
    /// The column as it was.
    pub column: Column,
    /// The action that dropped it.
    pub span: Span,
    /// The migration that dropped it: index into [`Database::migrations`].
    pub migration: usize,
}

/// A constraint that an index enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backing {
    /// The primary key.
    PrimaryKey,
    /// A unique constraint.
    Unique,
    /// An exclusion constraint.
    Exclusion,
    /// MySQL makes one for a foreign key that has none.
    ForeignKey,
}

impl Backing {
    /// The name that is printed.
    pub fn name(self) -> &'static str {
        match self {
            Backing::PrimaryKey => "primary key",
            Backing::Unique => "unique",
            Backing::Exclusion => "exclusion",
            Backing::ForeignKey => "foreign key",
        }
    }
}

/// An index, also one that a constraint made.
#[derive(Debug, Clone)]
pub struct Index {
    /// Its name: written, or made as PostgreSQL makes it; `None` in other dialects where none is written.
    pub name: Option<Name>,
    /// Its keys in order.
    pub keys: Vec<IndexKey>,
    /// `INCLUDE` columns.
    pub include: Box<[Name]>,
    /// Whether it is unique.
    pub unique: bool,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// Access method in lower case: `btree`, `gin`, `hash`.
    pub method: Cow<'static, str>,
    /// The condition of a partial index.
    pub predicate: Option<Box<Spanned<String>>>,
    /// The constraint that it enforces, where there is one.
    pub backs: Option<Backing>,
    /// `ON ONLY` a partitioned table: not usable until every partition has one.
    pub only: bool,
    /// Whether it is a partition's part of its parent's index.
    pub inherited: bool,
    /// A number that an index of a partitioned table shares with its parts in the partitions, and with nothing else; 0 where it is
    /// none that was replayed.
    pub family: u32,
    /// What stands for its columns in the generated names of its copies, as they were called when it was made: `None` where
    /// they are called so still.
    pub called: Option<Box<Name>>,
    /// `DEFERRABLE`, of a constraint.
    pub deferrable: bool,
    /// The statement or element that made it.
    pub span: Span,
    /// The migration that made it: index into [`Database::migrations`].
    pub migration: usize,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub struct ForeignKey {
    /// Its name: written, or made as PostgreSQL makes it.
    pub name: Option<Name>,
    /// Columns here, in order.
    pub columns: Vec<Name>,
    /// The table referred to.
    pub references: TableName,
    /// Columns there; those of the primary key where none are written; empty where that is not known.
    pub referenced_columns: Vec<Name>,
    /// The [`Index::family`] of the key there that it rests on; 0 where that is not known.
    pub rests_on: u32,
    /// `CASCADE`, `SET NULL`, ...; `None` for no action.
    pub on_delete: Option<Name>,
    /// `CASCADE`, `SET NULL`, ...; `None` for no action.
    pub on_update: Option<Name>,
    /// `DEFERRABLE`.
    pub deferrable: bool,
    /// `INITIALLY DEFERRED`.
    pub initially_deferred: bool,
    /// Whether existing rows were checked.
    pub validated: bool,
    /// The element.
    pub span: Span,
    /// The migration that made it: index into [`Database::migrations`].
    pub migration: usize,
}

/// A check constraint.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its name: written, or made as PostgreSQL makes it.
    pub name: Option<Name>,
    /// The condition as written.
    pub text: Box<str>,
    /// Columns that it proves not to be NULL.
    pub not_null_columns: Vec<Name>,
    /// The column and the texts that it allows, where it is a list of them.
    pub allowed: Option<Box<(Name, Vec<Spanned<Name>>)>>,
    /// Whether existing rows were checked.
    pub validated: bool,
    /// `NO INHERIT`: tables that inherit do not have it.
    pub no_inherit: bool,
    /// The element.
    pub span: Span,
    /// The place of the condition.
    pub expression: Span,
    /// The migration that made it: index into [`Database::migrations`].
    pub migration: usize,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// Its indexes in order of creation, those behind constraints included.
    pub indexes: Vec<Index>,
    /// Its foreign keys in order of creation.
    pub foreign_keys: Vec<ForeignKey>,
    /// Its checks in order of creation.
    pub checks: Vec<Check>,
    /// Its triggers in order of creation.
    pub triggers: Vec<Trigger>,
    /// Columns that are no more, in the order in which they went.
    pub dropped_columns: Vec<DroppedColumn>,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `UNLOGGED`.
    pub unlogged: bool,
    /// Character set in lower case that MySQL gives new columns; `None` where nobody says.
    pub charset: Option<Name>,
    /// Collation in lower case that MySQL gives new columns; `None` where nobody says.
    pub collation: Option<Name>,
    /// `PARTITION BY`.
    pub partitioned: bool,
    /// What it is partitioned by; `None` also where that is not known.
    pub partition_key: Option<Box<PartitionKey>>,
    /// The table that it is a partition of.
    pub parent: Option<Box<TableName>>,
    /// Whether it is the partition that takes what no other one takes.
    pub default_partition: bool,
    /// Whether a migration, or a seed file beside the schema, puts rows into it.
    pub seeded: bool,
    /// Whether some of these rows come from another table or from a file: they are data, and no list of constants.
    pub copied: bool,
    /// The rows that migrations put into it; `None` where none did.
    pub rows: Option<Box<SeedRows>>,
    /// Whether row security is enabled.
    pub row_security: bool,
    /// What stands before its name where it was created, without the dot and as it is written: `public`, a placeholder of a
    /// template.
    pub qualifier: Option<Name>,
    /// What `[context.tables]` states of it; `None` where it says nothing.
    pub stated: Option<Box<Stated>>,
    /// Never created here: it exists, and nothing else is known.
    pub external: bool,
    /// Whether the statement that created it stands under a condition: it is there unless what it asks for was otherwise.
    pub conditional: bool,
    /// What is not known of it.
    pub gaps: Vec<Gap>,
    /// The whole statement that created it; of an external table the first place that names it.
    pub span: Span,
    /// Its name in that statement.
    pub name_span: Span,
    /// The migration that made it: index into [`Database::migrations`].
    pub migration: usize,
}

/// A table that is no more.
#[derive(Debug, Clone)]
pub struct DroppedTable {
    /// The table as it was.
    pub table: Table,
    /// The statement that dropped it.
    pub span: Span,
    /// The migration that dropped it: index into [`Database::migrations`].
    pub migration: usize,
}

/// An enum type.
#[derive(Debug, Clone)]
pub struct EnumType {
    /// Its name.
    pub name: TableName,
    /// Its labels in order, each where it was added.
    pub labels: Vec<Spanned<String>>,
    /// Whether every statement that could have changed it was understood.
    pub complete: bool,
    /// The statement that created it.
    pub span: Span,
}

/// A domain type.
#[derive(Debug, Clone)]
pub struct Domain {
    /// Its name.
    pub name: TableName,
    /// The type that it stands for; `None` where it was not understood.
    pub base: Option<ColumnType>,
    /// Whether it has a CHECK or NOT NULL.
    pub constrained: bool,
    /// `NOT NULL`.
    pub not_null: bool,
    /// Whether it has a default.
    pub has_default: bool,
    /// Its checks in order of creation.
    pub checks: Vec<DomainCheck>,
    /// The statement that created it.
    pub span: Span,
}

/// A view.
#[derive(Debug, Clone)]
pub struct View {
    /// Its name.
    pub name: TableName,
    /// Whether it is materialized.
    pub materialized: bool,
    /// Tables and views that its query names, resolved where they are known.
    pub reads: Vec<TableName>,
    /// Identifiers in its query: possible columns.
    pub identifiers: Vec<Spanned<String>>,
    /// Its columns in order; `None` where its text does not say them all.
    pub columns: Option<Vec<Name>>,
    /// Whether its query takes all columns of what it reads.
    pub star: bool,
    /// Indexes of a materialized view.
    pub indexes: Vec<Index>,
    /// The statement that created it.
    pub span: Span,
}

/// One database: what one set of migrations, or one set of schema files, makes.
#[derive(Debug, Clone)]
pub struct Database {
    /// Its dialect.
    pub dialect: Dialect,
    /// A relative of the dialect, where there is one: `cockroachdb`, `mariadb`.
    pub variant: Option<String>,
    /// The folder of its migrations, or the schema file.
    pub source: String,
    /// Id of the migration tool; `None` for schema files.
    pub tool: Option<String>,
    /// Id of the tool that prints this schema file after its migrations in code have run; `None` for what is written by hand.
    pub printed_by: Option<String>,
    /// How one of its migrations is kept out of a transaction, in a few words after "with"; `None` where there is no way.
    pub way_out: Option<String>,
    /// What the tool does with a second migration of the same version; `None` where it does not go by versions.
    pub repeats: Option<String>,
    /// Whether the tool runs all that is pending in one transaction.
    pub one_transaction: bool,
    /// Why the tool holds a lock of a transaction that is open while it migrates; `None` where it does not.
    pub holds_lock: Option<String>,
    /// What lets the tool run files that sort before one that has run: a setting, and its file; `None` where nothing does.
    pub late_files_run: Option<String>,
    /// Why foreign keys of SQLite may be off while the tool migrates; `None` where nothing says so.
    pub foreign_keys_off: Option<String>,
    /// Major version of the server that effects are judged by.
    pub server_version: u32,
    /// Whether that version is our assumption: neither the configuration nor an image in the repository says it.
    pub version_assumed: bool,
    /// Where that version is said, in a few words: `[versions]`, an image and its file, or that it is assumed.
    pub version_origin: String,
    /// Whether everything that is pending goes out in one deployment; else each migration is judged as its own.
    pub deployed_together: bool,
    /// Its tables, by name.
    pub tables: Vec<Table>,
    /// Tables that are no more, in the order in which they went.
    pub dropped_tables: Vec<DroppedTable>,
    /// Its enum types, by name.
    pub enums: Vec<EnumType>,
    /// Its domains, by name.
    pub domains: Vec<Domain>,
    /// Its views, by name.
    pub views: Vec<View>,
    /// What it holds beside tables, types and views.
    pub objects: Objects,
    /// Its migrations or schema files, in the order of application.
    pub migrations: Vec<super::history::AppliedMigration>,
    /// What a schema file says that the application calls its tables and columns, where that differs, by table.
    pub spoken: Vec<super::Spoken>,
    /// Why tables may be missing altogether (a step that is not SQL, an opaque statement); empty where all is known.
    pub tables_unknown: Vec<String>,
    /// Where names stand in the steps of its migrations; made at the first question.
    pub(super) named: OnceLock<super::pending::NamedSteps>,
}

impl Database {
    /// The table of this name, as the catalog holds names.
    pub(super) fn table_called(&self, name: &TableName) -> Option<&Table> {
        let at = self.tables.binary_search_by(|table| table.name.cmp(name)).ok()?;
        self.tables.get(at)
    }
}

impl Database {
    /// The table of this name, external ones included; the first where a temporary one shares it.
    pub fn table_named(&self, name: &TableName) -> Option<&Table> {
        let at = self.tables.partition_point(|table| table.name < *name);
        self.tables.get(at).filter(|table| table.name == *name)
    }
}

impl Table {
    /// The column of this name; compared as the catalog holds names.
    pub fn column_named(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The index behind the primary key.
    pub fn primary_key(&self) -> Option<&Index> {
        self.indexes.iter().find(|index| index.backs == Some(Backing::PrimaryKey))
    }

    /// Why a facet is not known; `None` where it is.
    pub fn gap(&self, facet: Facet) -> Option<&Gap> {
        self.gaps.iter().find(|gap| gap.facet == facet)
    }

    /// Whether every statement that could have made, changed or dropped an index was understood.
    pub fn indexes_complete(&self) -> bool {
        self.gap(Facet::Indexes).is_none()
    }

    /// Whether every statement that could have changed a column was understood.
    pub fn columns_complete(&self) -> bool {
        self.gap(Facet::Columns).is_none()
    }

    /// Whether every statement that could have changed a constraint was understood.
    pub fn constraints_complete(&self) -> bool {
        self.gap(Facet::Constraints).is_none()
    }
}

/// An access method as indexes hold it: without memory of its own where it is a known one.
pub(super) fn method(name: &str) -> Cow<'static, str> {
    let known = ["btree", "gin", "gist", "hash", "brin", "fulltext", "spatial"].into_iter().find(|one| *one == name);
    known.map_or_else(|| Cow::Owned(name.to_owned()), Cow::Borrowed)
}

impl Index {
    /// What stands for its columns in the generated names of its copies.
    pub(super) fn called(&self) -> String {
        self.called.as_ref().map_or_else(|| names::index_addition(&self.keys, &self.include), |called| called.to_string())
    }

    /// Keeps that before one of its columns is called otherwise.
    pub(super) fn keep_called(&mut self) {
        if self.called.is_none() {
            self.called = Some(Box::new(self.called().into()));
        }
    }

    /// The columns of the keys, where every key is a plain column.
    pub fn columns(&self) -> Option<Vec<&str>> {
        self.keys.iter().map(|key| key.column.as_deref()).collect()
    }
}
