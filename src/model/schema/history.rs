//! What the migrations do, statement by statement, with the facts of the catalog just before each change.

use super::backward::Backward;
use super::catalog::{Column, TableName};
pub use crate::discover::Role;
use crate::fact::Fact;
use crate::model::FileStatus;
use crate::source::{SourceId, Span};
use crate::sql::{ObjectName, SchemaOp, Understanding};

/// Lock modes of PostgreSQL, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LockMode {
    /// Readers of the table; conflicts with ACCESS EXCLUSIVE only.
    AccessShare,
    /// `SELECT .. FOR UPDATE`, checks of foreign keys.
    RowShare,
    /// Writers.
    RowExclusive,
    /// `VALIDATE CONSTRAINT`, `CREATE INDEX CONCURRENTLY`.
    ShareUpdateExclusive,
    /// `CREATE INDEX`: blocks writers.
    Share,
    /// `ADD FOREIGN KEY`, `CREATE TRIGGER`: blocks writers.
    ShareRowExclusive,
    /// `REFRESH MATERIALIZED VIEW CONCURRENTLY`.
    Exclusive,
    /// Most of `ALTER TABLE`: blocks readers and writers.
    AccessExclusive,
}

impl LockMode {
    /// The mode as the documentation spells it.
    pub fn name(self) -> &'static str {
        match self {
            LockMode::AccessShare => "ACCESS SHARE",
            LockMode::RowShare => "ROW SHARE",
            LockMode::RowExclusive => "ROW EXCLUSIVE",
            LockMode::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            LockMode::Share => "SHARE",
            LockMode::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            LockMode::Exclusive => "EXCLUSIVE",
            LockMode::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// The mode that a `LOCK TABLE` names.
    pub fn parse(words: &str) -> Option<LockMode> {
        use LockMode::*;
        let all =
            [AccessShare, RowShare, RowExclusive, ShareUpdateExclusive, Share, ShareRowExclusive, Exclusive, AccessExclusive];
        all.into_iter().find(|mode| mode.name().eq_ignore_ascii_case(words.trim()))
    }

    /// Whether writers wait.
    pub fn blocks_writes(self) -> bool {
        self >= LockMode::Share
    }

    /// Whether readers wait.
    pub fn blocks_reads(self) -> bool {
        self == LockMode::AccessExclusive
    }
}

/// What a change costs a live database. `None` is "not known", an empty list is "none".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// The tables locked and the strongest mode, by table.
    pub locks: Option<Box<[(TableName, LockMode)]>>,
    /// The tables whose rows are written anew.
    pub rewrites: Option<Box<[TableName]>>,
    /// The tables that are read in full.
    pub scans: Option<Box<[TableName]>>,
    /// MySQL and MariaDB: the algorithm; `None` elsewhere, where nothing changes, and where it is not known.
    pub algorithm: Option<Algorithm>,
    /// MySQL and MariaDB: the tables whose writers wait until it is done. PostgreSQL: see [`Effects::blocks_writes`].
    pub writers_wait: Option<Box<[TableName]>>,
    /// Whether it can be taken back.
    pub reversible: Option<Reversible>,
    /// What few have to tell; `None` where there is nothing of it.
    pub(super) reasons: Option<Box<Reasons>>,
}

/// Why a change fails, and what decided about its cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reasons {
    pub fails: Option<String>,
    pub refusal: Option<Refusal>,
    pub refused_by: Option<TableName>,
    pub because: Option<String>,
}

/// Why the server refuses a statement by its catalog alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which of the statement's operations, as they are written.
    pub op: usize,
    /// Why, as one clause.
    pub why: String,
    /// What to do about it: SQL, or a few words.
    pub remedy: String,
    /// What in the catalog stands against it, and what that is.
    pub against: Option<(Span, &'static str)>,
}

impl Refusal {
    pub(super) fn new(why: impl Into<String>, remedy: impl Into<String>) -> Refusal {
        Refusal { op: 0, why: why.into(), remedy: remedy.into(), against: None }
    }

    pub(super) fn against(self, span: Span, what: &'static str) -> Refusal {
        Refusal { against: Some((span, what)), ..self }
    }
}

impl Effects {
    /// Why it fails for certain on the server (in a transaction, on existing rows, by a dependent view).
    pub fn fails(&self) -> Option<&str> {
        self.reasons.as_ref()?.fails.as_deref()
    }

    /// Why the server refuses it by its catalog alone, whatever the rows: its statement then changes nothing.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.reasons.as_ref()?.refusal.as_ref()
    }

    /// The view that forbids it, where it fails for that.
    pub fn refused_by(&self) -> Option<&TableName> {
        self.reasons.as_ref()?.refused_by.as_ref()
    }

    /// What decided about rewrite and scan, in one line, where it is not obvious from the statement.
    pub fn because(&self) -> Option<&str> {
        self.reasons.as_ref()?.because.as_deref()
    }

    pub(super) fn reasons_mut(&mut self) -> &mut Reasons {
        self.reasons.get_or_insert_default()
    }

    /// The tables whose readers wait while it runs; `None` where that is not known.
    pub fn blocks_reads(&self) -> Option<Vec<&TableName>> {
        self.held(LockMode::blocks_reads)
    }

    /// The tables whose writers wait while it runs; `None` where that is not known.
    pub fn blocks_writes(&self) -> Option<Vec<&TableName>> {
        self.held(LockMode::blocks_writes).or_else(|| Some(self.writers_wait.as_ref()?.iter().collect()))
    }

    fn held(&self, hinders: fn(LockMode) -> bool) -> Option<Vec<&TableName>> {
        Some(self.locks.as_ref()?.iter().filter(|(_, mode)| hinders(*mode)).map(|(table, _)| table).collect())
    }
}

/// How MySQL and MariaDB carry out a change, cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// Only the data dictionary changes.
    Instant,
    /// Inside the storage engine, mostly beside writers.
    InPlace,
    /// Row by row into a new table, while writers wait.
    Copy,
}

impl Algorithm {
    /// The word of the `ALGORITHM` clause.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Instant => "INSTANT",
            Algorithm::InPlace => "INPLACE",
            Algorithm::Copy => "COPY",
        }
    }
}

/// Whether a change can be taken back, easiest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reversible {
    /// R0: nothing is lost, and a plain statement undoes it.
    Freely,
    /// R1: nothing is lost, but the way back takes a rebuild or a pass over the rows.
    Slowly,
    /// R2: the way back loses what was written since.
    LosesNew,
    /// R3: data is gone.
    Never,
}

impl Reversible {
    /// The class that is printed.
    pub fn name(self) -> &'static str {
        match self {
            Reversible::Freely => "R0",
            Reversible::Slowly => "R1",
            Reversible::LosesNew => "R2",
            Reversible::Never => "R3",
        }
    }
}

/// Where the table that a step changes comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableOrigin {
    /// Created earlier in the same migration: nobody uses it yet.
    SameMigration,
    /// Created by another migration that is pending too: it goes out in the same deployment.
    Pending,
    /// Created by a migration that ran before.
    Before,
    /// Not created by anything that was read.
    External,
}

/// How a change of a column's type acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeChange {
    /// Only the catalog changes, for this reason.
    CatalogOnly(String),
    /// Rows are not rewritten but read in full, for this reason.
    Scan(String),
    /// Every row is written anew, for this reason.
    Rewrite(String),
    /// Cannot be told, for this reason.
    Unknown(String),
}

/// The catalog's facts about the table of a step, just before it.
#[derive(Debug, Clone)]
pub struct TableBefore {
    /// Its resolved name.
    pub name: TableName,
    /// Where it comes from.
    pub origin: TableOrigin,
    /// Its name in the statement that created it; `None` for external tables.
    pub created: Option<Span>,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `PARTITION BY`.
    pub partitioned: bool,
    /// Whether a migration has put rows into it.
    pub seeded: bool,
    /// The column that the step names, as it was; `None` where it names none or the column is not known.
    pub column: Option<Box<Column>>,
    /// Whether everything that may have changed its columns was understood.
    pub columns_known: bool,
    /// The validated CHECK that proves that column not to be NULL.
    pub proven_not_null: Option<Span>,
    /// How a change of type acts; `None` for other steps.
    pub type_change: Option<Box<TypeChange>>,
}

impl TableBefore {
    /// Whether it may hold rows that a demand can meet.
    pub fn may_hold_rows(&self) -> bool {
        self.seeded || matches!(self.origin, TableOrigin::Before | TableOrigin::External)
    }

    /// `public.orders.user_id` for the column of the step, `public.orders` where it has none.
    pub fn subject(&self, column: Option<&str>) -> String {
        match column {
            Some(column) => format!("{}.{column}", self.name),
            None => self.name.to_string(),
        }
    }
}

/// One change, with what was known just before it.
#[derive(Debug, Clone)]
pub struct Step {
    /// The change.
    pub op: SchemaOp,
    /// The table that it changes; `None` for changes of other things.
    pub table: Option<TableBefore>,
    /// What it costs.
    pub effects: Effects,
}

/// One statement of a migration.
#[derive(Debug, Clone)]
pub struct AppliedStatement {
    /// From its first token to its last.
    pub span: Span,
    /// The verb and object words.
    pub head: Span,
    /// How far it was understood.
    pub understanding: Understanding,
    /// What the not-understood part may have touched.
    pub touches: Vec<ObjectName>,
    /// Whether it stands under a condition, so that it may not have run.
    pub maybe: bool,
    /// The `DO` block that it stands in: to the server all statements of a block are one.
    pub block: Option<Span>,
    /// Whether it runs inside a transaction.
    pub in_transaction: Fact<bool>,
    /// Its changes in order.
    pub ops: Vec<Step>,
}

impl AppliedStatement {
    /// What the server runs as one: the block that it stands in, or itself.
    pub fn unit(&self) -> Span {
        self.block.unwrap_or(self.span)
    }

    /// The effects of all its changes together.
    pub fn effects(&self) -> Effects {
        super::effects::together(self)
    }
}

/// A comment that was meant for the migration tool and that it does not read.
#[derive(Debug, Clone)]
pub struct IgnoredComment {
    /// Where it stands.
    pub span: Span,
    /// Why the tool does not read it, in a few words.
    pub why: String,
    /// What has to be written instead.
    pub remedy: String,
    /// Whether it was to turn the transaction off.
    pub turns_off: bool,
}

/// One migration, or one schema file.
#[derive(Debug, Clone)]
pub struct AppliedMigration {
    /// Path of the file with the forward statements.
    pub path: String,
    /// The file.
    pub source: SourceId,
    /// The version as written; empty for schema files.
    pub version: String,
    /// How the file stands against the base.
    pub status: FileStatus,
    /// Why its statements run inside a transaction, or outside of one: the convention of its tool, or the configuration.
    pub transaction: String,
    /// Whether its tool opens a transaction around it; `None` where that is not known. The implicit transaction of a file that
    /// is sent as one message is none that a tool opens.
    pub wrapped: Option<bool>,
    /// Whether it is judged for what it does to a live database: new or changed, and not left out by the configuration.
    pub pending: bool,
    /// When it runs.
    pub role: Role,
    /// An earlier migration with the same version, where the tool goes by versions: its path.
    pub repeats: Option<String>,
    /// A comment that was meant for the tool and that it does not read.
    pub ignored: Option<IgnoredComment>,
    /// Whether it has a backward half at all.
    pub has_backward: bool,
    /// What the backward half does, where the migration is judged and has one that is not empty.
    pub backward: Option<Backward>,
    /// The tables of which it takes every row away for certain, and where: the first byte of the statement.
    pub emptied: Vec<(u32, TableName)>,
    /// Its statements in order.
    pub statements: Vec<AppliedStatement>,
}

impl AppliedMigration {
    /// The place that stands for the whole of it: its first statement, or its first character.
    pub fn place(&self) -> Span {
        let first = self.statements.first().map(|statement| statement.head);
        first.unwrap_or(Span { source: self.source, start: 0, end: 1 })
    }
}
