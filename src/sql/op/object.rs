//! Changes of what is neither a table nor of one: sequences, functions, triggers, extensions, composite types, domains.

use super::{ColumnType, ObjectName, RoutineBody};
use crate::source::{Name, Span, Spanned};
use std::sync::Arc;

/// A change of an object.
#[derive(Debug, Clone)]
pub enum ObjectChange {
    /// `CREATE SEQUENCE`.
    CreateSequence {
        /// Its name.
        name: ObjectName,
        /// `OWNED BY table.column`.
        owner: Option<(ObjectName, String)>,
    },
    /// `ALTER SEQUENCE .. OWNED BY`; `None` for `NONE`.
    OwnSequence {
        /// Its name.
        name: ObjectName,
        /// The column that takes it along when it is dropped.
        owner: Option<(ObjectName, String)>,
    },
    /// `ALTER SEQUENCE a RENAME TO b`.
    RenameSequence {
        /// Old name.
        name: ObjectName,
        /// New name.
        to: String,
    },
    /// `DROP SEQUENCE`.
    DropSequence {
        /// The sequences.
        names: Vec<ObjectName>,
        /// `CASCADE`: defaults that use them go too.
        cascade: bool,
    },
    /// `CREATE FUNCTION` or `PROCEDURE`.
    CreateFunction {
        /// Its name, without arguments.
        name: ObjectName,
        /// Tables and views that its body names, where that is read.
        tables: Vec<ObjectName>,
        /// Its parameters as written, without defaults and those that only come out: what tells it from namesakes.
        parameters: Vec<Name>,
        /// What it does when it is called; `None` where that leaves the catalog alone.
        body: Option<Arc<RoutineBody>>,
    },
    /// `ALTER FUNCTION a RENAME TO b`.
    RenameFunction {
        /// Old name.
        name: ObjectName,
        /// New name.
        to: String,
    },
    /// `DROP FUNCTION` or `PROCEDURE`.
    DropFunction {
        /// Their names, without arguments.
        names: Vec<ObjectName>,
        /// How many parameters each has; `None` where they are not written.
        counts: Vec<Option<usize>>,
        /// `CASCADE`: triggers that call them go too.
        cascade: bool,
    },
    /// `CREATE TRIGGER`.
    CreateTrigger {
        /// Its name.
        name: Spanned<String>,
        /// Its table.
        table: ObjectName,
        /// The function that it calls; `None` where the body stands in the trigger.
        function: Option<ObjectName>,
    },
    /// `DROP TRIGGER`.
    DropTrigger {
        /// Its name.
        name: Spanned<String>,
        /// Its table, where the dialect says it.
        table: Option<ObjectName>,
    },
    /// `CREATE EXTENSION`.
    CreateExtension {
        /// Its name.
        name: Spanned<String>,
        /// The schema that is given to it.
        schema: Option<String>,
    },
    /// `DROP EXTENSION`, without `CASCADE`.
    DropExtension {
        /// Their names.
        names: Vec<String>,
    },
    /// `CREATE TYPE .. AS (..)`.
    CreateComposite {
        /// Its name.
        name: ObjectName,
        /// Its attributes in order; the type is `None` where it was not understood.
        attributes: Vec<(String, Option<ColumnType>)>,
    },
    /// `ALTER TYPE .. ADD ATTRIBUTE`.
    AddAttribute {
        /// The type.
        name: ObjectName,
        /// The attribute.
        attribute: (String, Option<ColumnType>),
    },
    /// `ALTER TYPE .. DROP ATTRIBUTE`.
    DropAttribute {
        /// The type.
        name: ObjectName,
        /// The attribute.
        attribute: String,
    },
    /// `ALTER TYPE .. RENAME ATTRIBUTE a TO b`.
    RenameAttribute {
        /// The type.
        name: ObjectName,
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
    /// `ALTER DOMAIN`.
    Domain {
        /// The domain.
        name: ObjectName,
        /// What changes.
        change: DomainChange,
    },
    /// `ALTER TYPE` or `DOMAIN .. SET SCHEMA`.
    TypeSchema {
        /// The type.
        name: ObjectName,
        /// The new schema.
        to: String,
    },
    /// `ALTER VIEW .. SET SCHEMA`.
    ViewSchema {
        /// The view.
        name: ObjectName,
        /// The new schema.
        to: String,
    },
    /// MySQL's `CONVERT TO CHARACTER SET`, or the default of new columns.
    Charset {
        /// The table.
        table: ObjectName,
        /// Character set in lower case.
        charset: Option<String>,
        /// Collation in lower case.
        collation: Option<String>,
        /// Whether the columns that are there are converted.
        convert: bool,
    },
}

/// A change of a domain.
#[derive(Debug, Clone)]
pub enum DomainChange {
    /// `SET NOT NULL` (true) or `DROP NOT NULL`.
    NotNull(bool),
    /// `ADD CHECK`.
    AddCheck(DomainCheck),
    /// `DROP CONSTRAINT`.
    DropConstraint(String),
    /// `RENAME CONSTRAINT a TO b`.
    RenameConstraint(String, String),
    /// `SET DEFAULT` (true) or `DROP DEFAULT`.
    Default(bool),
    /// `VALIDATE CONSTRAINT`.
    Validate(String),
}

/// A check of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainCheck {
    /// Its name: written, or made as PostgreSQL makes it once it is in a catalog.
    pub name: Option<String>,
    /// The condition as written.
    pub text: String,
    /// Whether existing values were checked.
    pub validated: bool,
    /// The element.
    pub span: Span,
}

/// One column of a view, as its query or its list says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewColumn {
    /// Its name.
    Named(String),
    /// `*`, or `t.*`: all columns of what is read.
    Star,
    /// An expression whose name is not known.
    Unknown,
}
