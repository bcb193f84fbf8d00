//! What a statement does, in our own words, so that no rule sees a parser's tree and the parser can be replaced.

mod action;
mod definition;
mod object;

pub use action::*;
pub use definition::*;
pub use object::*;

use crate::diagnostic::Problem;
use crate::source::{Name, SourceId, Span, Spanned};

/// The SQL that a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// PostgreSQL, and CockroachDB as its variant.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
    /// SQLite.
    Sqlite,
    /// SQL Server.
    SqlServer,
    /// ClickHouse: recognised, not read.
    ClickHouse,
}

impl Dialect {
    /// The name that is printed and configured.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Postgres => "postgres",
            Dialect::MySql => "mysql",
            Dialect::Sqlite => "sqlite",
            Dialect::SqlServer => "sqlserver",
            Dialect::ClickHouse => "clickhouse",
        }
    }

    /// The dialect that a word names, as it is printed and configured.
    pub fn parse(word: &str) -> Option<Dialect> {
        let all = [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite, Dialect::SqlServer, Dialect::ClickHouse];
        all.into_iter().find(|one| one.name() == word)
    }
}

/// A file's statements in order.
#[derive(Debug, Clone)]
pub struct Script {
    /// The file.
    pub source: SourceId,
    /// How it was read.
    pub dialect: Dialect,
    /// The statements, in order; those in the down section of a migration are not here.
    pub statements: Vec<Statement>,
    /// Comments with their places, marker included, in order.
    pub comments: Vec<Span>,
    /// What was wrong with the file as a whole (unterminated string, statement over the cap).
    pub problems: Vec<Problem>,
}

impl Script {
    /// Goes on with another part of the same file.
    pub fn append(&mut self, part: Script) {
        self.statements.extend(part.statements);
        self.comments.extend(part.comments);
        self.problems.extend(part.problems);
    }
}

/// How far a statement was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Understanding {
    /// Every effect on the catalog is in `ops`.
    Full,
    /// Provably without effect on the catalog.
    NoEffect,
    /// Some of it is in `ops`; the rest may have touched what `touches` names.
    Partial(String),
    /// Nothing of it is in `ops`; it may have touched what `touches` names, or anything where that is empty.
    Opaque(String),
}

/// One statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// From its first token to its last, without the terminator.
    pub span: Span,
    /// The verb and object words, for example `ALTER TABLE`: what a label points at when the whole is too long.
    pub head: Span,
    /// What it changes, in order.
    pub ops: Vec<SchemaOp>,
    /// How far it was understood.
    pub understanding: Understanding,
    /// Names of objects that the not-understood part may have touched, among words that are none. Where no name is that of a
    /// known object, or there is none, it may have touched anything.
    pub touches: Vec<ObjectName>,
    /// Whether it stands under a condition (`DO`, `IF`), so that it may not have run.
    pub maybe: bool,
    /// Whether that condition is that what it drops or renames is there: it has run if that is so.
    pub guarded: bool,
    /// The `DO` block that it stands in: to the server all statements of a block are one.
    pub block: Option<Span>,
    /// The functions that it calls and that are not followed here; `None` where there is none.
    pub calls: Option<Box<Calls>>,
}

/// Stands among what a statement of a routine may touch, for a table whose name the caller passes; a template to everybody who reads
/// it.
pub const ARGUMENT: &str = "{{argument}}";

/// Functions that a statement, or the body of a routine, calls.
#[derive(Debug, Clone, Default)]
pub struct Calls {
    /// One for each name.
    pub made: Vec<Call>,
}

/// A function that is called, once or more.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its name, folded, without schema.
    pub name: Name,
    /// The words of the literals among its arguments, of all calls: what they may name.
    pub named: Vec<Name>,
    /// Whether every argument is a literal, or a parameter of the routine around the call: no other name is passed on.
    pub is_complete: bool,
}

/// What the body of a routine does when it is called, as far as that changes the catalog.
#[derive(Debug, Clone)]
pub struct RoutineBody {
    /// Its statements that have an effect, or may have one.
    pub statements: Vec<Statement>,
    /// The functions that it calls itself.
    pub calls: Calls,
    /// The words of the literals among its parameters: what their defaults may name.
    pub defaults: Vec<Name>,
    /// Whether it may take tables away or give them other names.
    pub removes: bool,
}

/// A possibly qualified name, folded as its dialect folds it (PostgreSQL: lower case unless quoted).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectName {
    /// Schema, where it is written.
    pub schema: Option<Name>,
    /// The name itself.
    pub name: Name,
    /// Where it is written, qualifier included.
    pub span: Span,
}

/// One change.
#[derive(Debug, Clone)]
pub struct SchemaOp {
    /// What changes.
    pub change: Change,
    /// The element or action, or the whole statement.
    pub span: Span,
}

/// Kinds of data changes in a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataVerb {
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `TRUNCATE`.
    Truncate,
}

impl DataVerb {
    /// Whether it takes every row away where it has no condition.
    pub fn empties(self) -> bool {
        matches!(self, DataVerb::Delete | DataVerb::Truncate)
    }
}

/// Rows that stand in a statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// The columns that are named; empty: all of the table, in order.
    pub columns: Vec<Spanned<String>>,
    /// The values of each row in the order of the columns; `None` for what is no text.
    pub values: Vec<Vec<Option<Spanned<String>>>>,
}

/// What changes.
#[derive(Debug, Clone)]
pub enum Change {
    /// `CREATE TABLE`.
    CreateTable(Box<CreateTable>),
    /// `CREATE TABLE` of a name that is put together at run time: nothing that is known changes, and there is one more.
    CreateSomeTable,
    /// `ALTER TABLE`, one action of it.
    AlterTable {
        /// The table.
        table: ObjectName,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `ONLY`: what inherits is not meant.
        only: bool,
        /// The action.
        action: TableAction,
    },
    /// `DROP TABLE`.
    DropTable {
        /// The tables.
        names: Vec<ObjectName>,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `CREATE INDEX`.
    CreateIndex(Box<IndexDef>),
    /// `DROP INDEX`; MySQL and `ALTER TABLE .. DROP INDEX` name the table.
    DropIndex {
        /// The indexes.
        names: Vec<ObjectName>,
        /// The table, where the dialect says it.
        table: Option<ObjectName>,
        /// `IF EXISTS`.
        if_exists: bool,
        /// The place of `CONCURRENTLY`.
        concurrently: Option<Span>,
    },
    /// `ALTER INDEX a RENAME TO b`.
    RenameIndex {
        /// Old name.
        from: ObjectName,
        /// New name.
        to: Spanned<String>,
        /// The table, where the dialect says it.
        table: Option<ObjectName>,
    },
    /// `ALTER INDEX parent ATTACH PARTITION child`.
    AttachIndex {
        /// Parent index.
        parent: ObjectName,
        /// Child index.
        child: ObjectName,
    },
    /// `REINDEX`.
    Reindex {
        /// The index or table.
        target: Option<ObjectName>,
        /// Whether the target is an index.
        index: bool,
        /// Whether `CONCURRENTLY` is written.
        concurrently: Option<Span>,
    },
    /// `CREATE TYPE .. AS ENUM`.
    CreateEnum {
        /// Its name.
        name: ObjectName,
        /// Its labels in order.
        labels: Vec<Spanned<String>>,
    },
    /// `ALTER TYPE .. ADD VALUE`.
    AddEnumValue {
        /// The type.
        name: ObjectName,
        /// The new label.
        label: Spanned<String>,
        /// Before which label.
        before: Option<String>,
        /// After which label.
        after: Option<String>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `ALTER TYPE .. RENAME VALUE a TO b`.
    RenameEnumValue {
        /// The type.
        name: ObjectName,
        /// Old label.
        from: Spanned<String>,
        /// New label.
        to: Spanned<String>,
    },
    /// `ALTER TYPE .. RENAME TO b`, also for domains.
    RenameType {
        /// Old name.
        name: ObjectName,
        /// New name.
        to: Spanned<String>,
    },
    /// `DROP TYPE` or `DROP DOMAIN`.
    DropType {
        /// The types.
        names: Vec<ObjectName>,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `CREATE DOMAIN`.
    CreateDomain {
        /// Its name.
        name: ObjectName,
        /// The base type; `None` where it was not understood.
        base: Option<ColumnType>,
        /// Whether it has a CHECK or NOT NULL.
        constrained: bool,
        /// `NOT NULL`.
        not_null: bool,
        /// Whether it has a default.
        has_default: bool,
        /// Its checks in order.
        checks: Vec<DomainCheck>,
    },
    /// `ALTER DOMAIN .. ADD CONSTRAINT`, `ALTER DOMAIN .. SET NOT NULL`.
    ConstrainDomain {
        /// The domain.
        name: ObjectName,
        /// `NOT VALID`: existing rows are not checked.
        not_valid: bool,
    },
    /// A change of what is neither a table nor of one.
    Object(Box<ObjectChange>),
    /// Any other `CREATE TYPE` (range, base).
    CreateOtherType {
        /// Its name.
        name: ObjectName,
    },
    /// `CREATE VIEW`.
    CreateView {
        /// Its name.
        name: ObjectName,
        /// Whether it is materialized.
        materialized: bool,
        /// `OR REPLACE`.
        or_replace: bool,
        /// Tables and views that its query names.
        reads: Vec<ObjectName>,
        /// Identifiers in its query: possible columns. Names only, not resolved.
        identifiers: Vec<Spanned<String>>,
        /// Its columns in order, as far as its text says them.
        columns: Vec<ViewColumn>,
    },
    /// `DROP VIEW`.
    DropView {
        /// The views.
        names: Vec<ObjectName>,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `ALTER VIEW a RENAME TO b`.
    RenameView {
        /// Old name.
        from: ObjectName,
        /// New name.
        to: Spanned<String>,
    },
    /// `REFRESH MATERIALIZED VIEW`.
    RefreshView {
        /// The view.
        name: ObjectName,
        /// Whether `CONCURRENTLY` is written.
        concurrently: bool,
    },
    /// `CREATE SCHEMA`.
    CreateSchema {
        /// Its name.
        name: String,
    },
    /// `DROP SCHEMA`.
    DropSchema {
        /// The schemas.
        names: Vec<String>,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `DROP DATABASE`, and `DROP SCHEMA` of MySQL, which is the same there.
    DropDatabase {
        /// The database.
        name: ObjectName,
    },
    /// `ALTER SCHEMA a RENAME TO b`.
    RenameSchema {
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
    /// `CREATE TRIGGER`, `DROP TRIGGER`, `CREATE POLICY`, `CREATE RULE`: a lock on the table, nothing else.
    TableObject {
        /// The leading words in upper case: `CREATE TRIGGER`.
        words: String,
        /// The table.
        table: ObjectName,
    },
    /// `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE` in a migration.
    Data {
        /// Which.
        verb: DataVerb,
        /// The tables that are written (one, but for `TRUNCATE`).
        tables: Vec<ObjectName>,
        /// Whether there is a `WHERE`.
        filtered: bool,
        /// `TRUNCATE .. CASCADE`.
        cascade: bool,
        /// Whether the rows come from elsewhere (`INSERT .. SELECT .. FROM t`, `COPY`) instead of standing in the statement.
        copied: bool,
        /// Tables and views that the rows come from.
        sources: Vec<ObjectName>,
        /// The rows of an `INSERT`, where all of them stand in it and are few; what is no text is left out of them.
        rows: Option<Box<Rows>>,
    },
    /// `SET name = value`; `local` for `SET LOCAL`. Also `ALTER ROLE/DATABASE/SYSTEM .. SET`, with `local` false and `scope` named.
    Setting {
        /// Lower case name of the parameter: `lock_timeout`, `search_path`.
        name: String,
        /// Value as written, quotes removed.
        value: String,
        /// `SET LOCAL`.
        local: bool,
        /// `role`, `database`, `system` for `ALTER .. SET`, `global` for `SET GLOBAL` of MySQL; `None` for the session.
        scope: Option<&'static str>,
    },
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `ROLLBACK`.
    Rollback,
    /// `LOCK TABLE`.
    LockTable {
        /// The tables.
        tables: Vec<ObjectName>,
        /// Mode as written, upper case; `ACCESS EXCLUSIVE` where none is.
        mode: String,
        /// Whether it fails at once instead of waiting.
        nowait: bool,
    },
    /// `VACUUM`, `CLUSTER`, `ANALYZE`.
    Maintenance {
        /// The leading words in upper case: `VACUUM FULL`, `CLUSTER`.
        words: String,
        /// The table.
        table: Option<ObjectName>,
    },
}
