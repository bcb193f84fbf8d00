//! What few columns have: behind a pointer, since a dump holds tens of thousands of columns.

use super::catalog::{Column, TableName};
use crate::source::{Name, Span};

/// What few columns have, or have in few dialects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnExtras {
    /// The expression of a generated column, as written.
    pub expression: Option<String>,
    /// The sequence that PostgreSQL made for it.
    pub sequence: Option<TableName>,
    /// Character set in lower case; of MySQL's texts also what the table gave them, where it is known.
    pub charset: Option<Name>,
    /// Collation as written; of MySQL's texts also what the table gave them.
    pub collation: Option<Name>,
    /// Of MySQL what else `MODIFY` has to repeat, as its creation wrote it: `ON UPDATE CURRENT_TIMESTAMP COMMENT 'open or paid'`.
    pub attributes: Option<String>,
}

/// Whether a type of MySQL, in lower case, is a text, which has a character set.
pub(super) fn is_mysql_text(name: &str) -> bool {
    matches!(name, "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set")
}

/// The elements that changed a column after the one that created it.
#[derive(Debug, Clone)]
pub(super) struct LaterChanges(Vec<Span>);

impl Column {
    /// Every later element that changed it, in order.
    pub fn changes(&self) -> &[Span] {
        self.later.as_ref().map_or(&[], |later| &later.0)
    }

    pub(super) fn note_change(&mut self, span: Span) {
        match &mut self.later {
            Some(later) => later.0.push(span),
            // Most that change at all change once, where room would be made for four.
            None => self.later = Some(Box::new(LaterChanges(vec![span]))),
        }
    }

    /// The expression of a generated column, as written.
    pub fn expression(&self) -> Option<&str> {
        self.extras.as_ref()?.expression.as_deref()
    }

    /// The sequence that PostgreSQL made for it.
    pub fn sequence(&self) -> Option<&TableName> {
        self.extras.as_ref()?.sequence.as_ref()
    }

    /// Character set in lower case; of MySQL's texts also what the table gave them, where it is known.
    pub fn charset(&self) -> Option<&str> {
        self.extras.as_ref()?.charset.as_deref()
    }

    /// Collation as written; of MySQL's texts also what the table gave them.
    pub fn collation(&self) -> Option<&str> {
        self.extras.as_ref()?.collation.as_deref()
    }

    pub(super) fn set_sequence(&mut self, sequence: Option<TableName>) {
        if sequence.is_some() || self.extras.is_some() {
            self.extras.get_or_insert_default().sequence = sequence;
        }
    }

    pub(super) fn set_charset(&mut self, charset: Option<Name>, collation: Option<Name>) {
        if charset.is_some() || collation.is_some() || self.extras.is_some() {
            let extras = self.extras.get_or_insert_default();
            (extras.charset, extras.collation) = (charset, collation);
        }
    }
}
