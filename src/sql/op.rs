//! What a statement does, in our own words, so that no rule sees a parser's tree and the parser can be replaced.

use crate::diagnostic::Problem;
use crate::source::{SourceId, Span, Spanned};

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
    /// Names of objects that the not-understood part may have touched.
    pub touches: Vec<ObjectName>,
    /// Whether it stands under a condition (`DO`, `IF`), so that it may not have run.
    pub maybe: bool,
    /// The `DO` block that it stands in: to the server all statements of a block are one.
    pub block: Option<Span>,
}

/// A possibly qualified name, folded as its dialect folds it (PostgreSQL: lower case unless quoted).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectName {
    /// Schema, where it is written.
    pub schema: Option<String>,
    /// The name itself.
    pub name: String,
    /// Where it is written, qualifier included.
    pub span: Span,
}

/// A column type in canonical words: `character varying(20)`, `bigint`, `timestamp with time zone`, `text[]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnType {
    /// Base name in lower case and canonical spelling, without arguments: `character varying`, `numeric`, `order_status`.
    pub name: String,
    /// Arguments as written: `[20]`, `[10, 2]`; for MySQL enums the labels.
    pub arguments: Vec<String>,
    /// Whether it is an array.
    pub array: bool,
}

impl ColumnType {
    /// The type as people write it in messages: `character varying(20)`, `text[]`.
    pub fn display(&self) -> String {
        let arguments = if self.arguments.is_empty() { String::new() } else { format!("({})", self.arguments.join(",")) };
        // `timestamp(3) with time zone`: the argument stands inside the name.
        let text = match self.name.split_once(" with") {
            Some((head, tail)) if !arguments.is_empty() => format!("{head}{arguments} with{tail}"),
            _ => format!("{}{arguments}", self.name),
        };
        if self.array { format!("{text}[]") } else { text }
    }

    /// The maximum number of characters where the type has one: `varchar(n)`, `char(n)`.
    pub fn length(&self) -> Option<u64> {
        let bounded = matches!(self.name.as_str(), "character varying" | "character" | "varchar" | "char");
        (bounded && !self.array).then(|| self.arguments.first()?.parse().ok()).flatten()
    }
}

/// What kind of default a column has; decides whether adding it rewrites the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DefaultKind {
    /// A literal, a cast of one, an array of them.
    Constant,
    /// Evaluated once per statement: `now()`, `current_timestamp`.
    Stable,
    /// Evaluated once per row: `random()`, `gen_random_uuid()`, `nextval(..)`.
    Volatile,
    /// An expression with functions that we do not know.
    Unknown,
}

/// A column's default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultValue {
    /// The expression as written.
    pub text: String,
    /// Its kind.
    pub kind: DefaultKind,
    /// Where it is written, the keyword included.
    pub span: Span,
}

/// A column as a statement defines it.
#[derive(Debug, Clone)]
pub struct ColumnDef {
    /// Its name.
    pub name: Spanned<String>,
    /// Its type; `None` where it was not understood.
    pub column_type: Option<Spanned<ColumnType>>,
    /// The place of `NOT NULL`, where written. Primary keys, serial and identity columns are not nullable without it.
    pub not_null: Option<Span>,
    /// Its default.
    pub default: Option<DefaultValue>,
    /// `serial`, `bigserial`, `AUTO_INCREMENT`, or `GENERATED .. AS IDENTITY`.
    pub auto_increment: bool,
    /// `GENERATED ALWAYS AS (..)`: `Some(true)` when stored.
    pub generated: Option<bool>,
    /// Constraints written with the column: primary key, unique, check, references.
    pub constraints: Vec<ConstraintDef>,
    /// The whole element.
    pub span: Span,
    /// Whether everything in the element was understood.
    pub complete: bool,
}

/// A constraint as a statement defines it.
#[derive(Debug, Clone)]
pub struct ConstraintDef {
    /// Its name, where written.
    pub name: Option<Spanned<String>>,
    /// What it demands.
    pub kind: ConstraintKind,
    /// `NOT VALID`: existing rows are not checked.
    pub not_valid: bool,
    /// The whole element.
    pub span: Span,
}

/// What a constraint demands.
#[derive(Debug, Clone)]
pub enum ConstraintKind {
    /// A primary key over columns; `using_index` names an existing index.
    PrimaryKey {
        /// Its columns in order; empty with `using_index`.
        columns: Vec<Spanned<String>>,
        /// `USING INDEX name`.
        using_index: Option<String>,
    },
    /// Uniqueness over columns.
    Unique {
        /// Its columns in order; empty with `using_index`.
        columns: Vec<Spanned<String>>,
        /// `USING INDEX name`.
        using_index: Option<String>,
        /// `NULLS NOT DISTINCT`.
        nulls_not_distinct: bool,
    },
    /// A reference to another table.
    ForeignKey {
        /// Columns here, in order.
        columns: Vec<Spanned<String>>,
        /// The table referred to.
        references: ObjectName,
        /// Columns there; empty where the primary key is meant.
        referenced_columns: Vec<String>,
        /// `CASCADE`, `SET NULL`, ...; `None` for no action.
        on_delete: Option<String>,
    },
    /// A condition on the row.
    Check {
        /// The condition as written, without the outer brackets.
        text: String,
        /// The place of the condition.
        expression: Span,
        /// Where the condition says `column IS NOT NULL` (alone or as a conjunct): those columns.
        not_null_columns: Vec<String>,
        /// Where the condition says `column IN ('a', 'b')` or an equal form: the column and the texts allowed.
        allowed: Option<(String, Vec<Spanned<String>>)>,
    },
    /// An exclusion constraint.
    Exclusion,
}

/// One key of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    /// The column, or `None` for an expression.
    pub column: Option<String>,
    /// The key as written, without direction: a column name or an expression.
    pub text: String,
    /// Operator class, where written.
    pub opclass: Option<String>,
    /// Collation, where written.
    pub collation: Option<String>,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST` (true) or `NULLS LAST` (false), where written.
    pub nulls_first: Option<bool>,
    /// MySQL prefix length: only so many characters are in the index.
    pub prefix: Option<u32>,
}

/// An index as a statement defines it.
#[derive(Debug, Clone)]
pub struct IndexDef {
    /// Its name, where written.
    pub name: Option<Spanned<String>>,
    /// Its table.
    pub table: ObjectName,
    /// Access method in lower case; `btree` where none is written.
    pub method: String,
    /// Its keys in order.
    pub keys: Vec<IndexKey>,
    /// `INCLUDE` columns.
    pub include: Vec<String>,
    /// `UNIQUE`.
    pub unique: bool,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// Condition of a partial index, as written.
    pub predicate: Option<Spanned<String>>,
    /// The place of `CONCURRENTLY`.
    pub concurrently: Option<Span>,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `ON ONLY` a partitioned table.
    pub only: bool,
    /// The whole statement, or the element in a MySQL table.
    pub span: Span,
}

/// A change of one table: one action of an `ALTER TABLE`.
#[derive(Debug, Clone)]
pub enum TableAction {
    /// `ADD COLUMN`.
    AddColumn {
        /// The column.
        column: Box<ColumnDef>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `DROP COLUMN`.
    DropColumn {
        /// The column.
        name: Spanned<String>,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `RENAME COLUMN a TO b`.
    RenameColumn {
        /// Old name.
        from: Spanned<String>,
        /// New name.
        to: Spanned<String>,
    },
    /// `RENAME TO b`; a change of schema is [`TableAction::SetSchema`].
    RenameTable {
        /// New name.
        to: Spanned<String>,
    },
    /// `SET SCHEMA s`.
    SetSchema {
        /// New schema.
        to: String,
    },
    /// `ALTER COLUMN c TYPE t [USING ..]`, MySQL `MODIFY`/`CHANGE` (which also say nullability and default anew).
    AlterType {
        /// The column.
        column: Spanned<String>,
        /// New type; `None` where it was not understood.
        column_type: Option<Spanned<ColumnType>>,
        /// `USING` expression as written.
        using: Option<String>,
        /// `COLLATE`, where written.
        collation: Option<String>,
    },
    /// `ALTER COLUMN c SET NOT NULL`.
    SetNotNull {
        /// The column.
        column: Spanned<String>,
    },
    /// `ALTER COLUMN c DROP NOT NULL`.
    DropNotNull {
        /// The column.
        column: Spanned<String>,
    },
    /// `ALTER COLUMN c SET DEFAULT ..`.
    SetDefault {
        /// The column.
        column: Spanned<String>,
        /// The default.
        default: DefaultValue,
    },
    /// `ALTER COLUMN c DROP DEFAULT`.
    DropDefault {
        /// The column.
        column: Spanned<String>,
    },
    /// `ALTER COLUMN c ADD GENERATED .. AS IDENTITY` or `DROP IDENTITY`.
    Identity {
        /// The column.
        column: Spanned<String>,
        /// Whether it is added.
        add: bool,
    },
    /// `ADD CONSTRAINT`.
    AddConstraint(ConstraintDef),
    /// `DROP CONSTRAINT`; MySQL `DROP PRIMARY KEY` has the name `PRIMARY`.
    DropConstraint {
        /// Its name.
        name: Spanned<String>,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `VALIDATE CONSTRAINT`.
    ValidateConstraint {
        /// Its name.
        name: Spanned<String>,
    },
    /// `RENAME CONSTRAINT a TO b`.
    RenameConstraint {
        /// Old name.
        from: Spanned<String>,
        /// New name.
        to: Spanned<String>,
    },
    /// `ATTACH PARTITION child`.
    AttachPartition {
        /// The child table.
        child: ObjectName,
    },
    /// `DETACH PARTITION child [CONCURRENTLY]`.
    DetachPartition {
        /// The child table.
        child: ObjectName,
        /// The place of `CONCURRENTLY`.
        concurrently: Option<Span>,
    },
    /// Understood and without effect on columns, keys and indexes: `SET (..)`, `OWNER TO`, `ENABLE ROW LEVEL SECURITY`, `SET STATISTICS`, ...
    Other {
        /// The leading words in upper case, for the lock it takes: `SET STATISTICS`, `OWNER TO`.
        words: String,
    },
    /// Not understood.
    Unknown {
        /// The leading words.
        words: String,
    },
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

/// What changes.
#[derive(Debug, Clone)]
pub enum Change {
    /// `CREATE TABLE`.
    CreateTable(Box<CreateTable>),
    /// `ALTER TABLE`, one action of it.
    AlterTable {
        /// The table.
        table: ObjectName,
        /// `IF EXISTS`.
        if_exists: bool,
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
    },
    /// Any other `CREATE TYPE` (composite, range, base).
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
    },
    /// `SET name = value`; `local` for `SET LOCAL`. Also `ALTER ROLE/DATABASE/SYSTEM .. SET`, with `local` false and `scope` named.
    Setting {
        /// Lower case name of the parameter: `lock_timeout`, `search_path`.
        name: String,
        /// Value as written, quotes removed.
        value: String,
        /// `SET LOCAL`.
        local: bool,
        /// `role`, `database`, `system` for `ALTER .. SET`; `None` for the session.
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
    },
    /// `VACUUM`, `CLUSTER`, `ANALYZE`.
    Maintenance {
        /// The leading words in upper case: `VACUUM FULL`, `CLUSTER`.
        words: String,
        /// The table.
        table: Option<ObjectName>,
    },
}

/// `CREATE TABLE`.
#[derive(Debug, Clone)]
pub struct CreateTable {
    /// Its name.
    pub name: ObjectName,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `UNLOGGED`.
    pub unlogged: bool,
    /// `PARTITION BY`.
    pub partitioned: bool,
    /// `PARTITION OF parent`.
    pub partition_of: Option<ObjectName>,
    /// `INHERITS (..)`.
    pub inherits: Vec<ObjectName>,
    /// `LIKE other [INCLUDING ..]`: the table, and whether indexes, defaults and constraints come along (`ALL`, `INDEXES`, ...), upper case.
    pub like: Vec<(ObjectName, Vec<String>)>,
    /// `AS SELECT`: columns are not known.
    pub from_query: bool,
    /// Its columns in order.
    pub columns: Vec<ColumnDef>,
    /// Its table constraints.
    pub constraints: Vec<ConstraintDef>,
    /// MySQL: indexes written in the table.
    pub indexes: Vec<IndexDef>,
    /// Whether every element was understood.
    pub complete: bool,
}
