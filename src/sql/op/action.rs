//! What one action of an `ALTER TABLE` does.

use super::{ColumnDef, ColumnType, ConstraintDef, DefaultValue, ObjectName};
use crate::source::{Span, Spanned};

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
        column_type: Option<Box<Spanned<ColumnType>>>,
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
    AddConstraint(Box<ConstraintDef>),
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
        /// `DEFAULT`: it takes the rows that no other partition takes.
        default: bool,
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
