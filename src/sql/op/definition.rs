//! What statements define: types, columns, constraints, indexes, tables.

use super::ObjectName;
use crate::source::{Span, Spanned};

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

impl ColumnDef {
    /// Whether every row must have a value: `NOT NULL`, or its own primary key.
    pub fn is_required(&self) -> bool {
        self.not_null.is_some() || self.constraints.iter().any(|one| matches!(one.kind, ConstraintKind::PrimaryKey { .. }))
    }

    /// Whether the server has a value for rows that name none: a default other than NULL, a sequence, or an expression.
    pub fn is_filled(&self) -> bool {
        let default = self.default.as_ref().is_some_and(|default| !default.text.trim().eq_ignore_ascii_case("null"));
        default || self.auto_increment || self.generated.is_some()
    }
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

/// `CREATE TABLE`.
#[derive(Debug, Clone)]
pub struct CreateTable {
    /// Its name.
    pub name: ObjectName,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `ON COMMIT DROP`: gone at the end of its transaction.
    pub drops_on_commit: bool,
    /// `UNLOGGED`.
    pub unlogged: bool,
    /// `PARTITION BY`.
    pub partitioned: bool,
    /// `PARTITION OF parent`.
    pub partition_of: Option<ObjectName>,
    /// `PARTITION OF parent DEFAULT`: it takes the rows that no other partition takes.
    pub default_partition: bool,
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
