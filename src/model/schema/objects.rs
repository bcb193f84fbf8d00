//! What a database holds beside its tables, and which tables were built anew under their old names.

use super::catalog::{Column, Index, Table, TableName};
use crate::source::{Name, Span};
use crate::sql::ColumnType;

/// Everything that is neither a table nor a type of one, by name.
#[derive(Debug, Clone, Default)]
pub struct Objects {
    /// Sequences, those of serial and identity columns included.
    pub sequences: Vec<Sequence>,
    /// Functions and procedures; namesakes with other arguments are one.
    pub functions: Vec<Function>,
    /// Composite types.
    pub composites: Vec<Composite>,
    /// Names of extensions.
    pub extensions: Vec<String>,
    /// Schemas other than `public` that were given to extensions.
    pub extension_schemas: Vec<String>,
    /// Tables that a migration built anew under their old names (SQLite), in the order of application.
    pub rebuilds: Vec<RebuiltTable>,
}

/// A sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Its name.
    pub name: TableName,
    /// The column that takes it along when it is dropped: table and column.
    pub owner: Option<(TableName, Name)>,
}

/// A function or procedure.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name, without arguments.
    pub name: TableName,
    /// Tables and views that its body names, where that is read.
    pub tables: Vec<TableName>,
    /// The statement that created it last.
    pub span: Span,
}

/// A trigger of a table.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// Its name.
    pub name: Name,
    /// The function that it calls; `None` where its body stands in it.
    pub function: Option<TableName>,
    /// The statement that created it.
    pub span: Span,
}

/// A composite type.
#[derive(Debug, Clone)]
pub struct Composite {
    /// Its name.
    pub name: TableName,
    /// Its attributes in order; the type is `None` where it was not understood.
    pub attributes: Vec<(String, Option<ColumnType>)>,
    /// The statement that created it.
    pub span: Span,
}

/// A table that was built anew: another one was made, filled from it, and took its name. To those who use it, it was changed.
#[derive(Debug, Clone)]
pub struct RebuiltTable {
    /// The table, under the name that it keeps.
    pub table: TableName,
    /// The table as it was.
    pub before: Box<Table>,
    /// The statement that made the new one.
    pub created: Span,
    /// The statement that dropped the old one.
    pub dropped: Span,
    /// The statement that gave the name: the new one the old one's, or the old one another; the one that made the new one where its
    /// rows come back from a copy.
    pub renamed: Span,
    /// The migration: index into `Database::migrations`.
    pub migration: usize,
    /// Indexes of the old table, without those of constraints, that the new one does not have at the end of the migration.
    pub lost_indexes: Vec<Index>,
    /// Triggers of the old table that the new one does not have at the end of the migration.
    pub lost_triggers: Vec<Trigger>,
    /// Columns of the old table that the new one does not have.
    pub lost_columns: Vec<Column>,
}
