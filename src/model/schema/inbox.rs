//! Inboxes: tables in which a consumer notes the messages that it has handled, so that one that comes twice is handled once. Known by
//! name and by a column with the number of the message.

use super::{ColumnRef, Schema, TableRef};
use crate::model::words;

/// An inbox.
#[derive(Debug, Clone, Copy)]
pub struct Inbox<'m> {
    /// The table.
    pub table: TableRef<'m>,
    /// The column that says which message it was.
    pub message: ColumnRef<'m>,
}

impl Schema {
    /// Every inbox whose columns, indexes and constraints are all known.
    pub fn inboxes(&self) -> impl Iterator<Item = Inbox<'_>> {
        let known = self.tables().filter(|table| {
            !table.is_derived() && table.columns_complete() && table.indexes_complete() && table.constraints_complete()
        });
        known.filter(|table| words::is_inbox(&words::snake(&table.name.name))).filter_map(|table| {
            let message = table.columns().find(|column| words::is_message_number(&words::snake(&column.name)))?;
            Some(Inbox { table, message })
        })
    }
}

impl Inbox<'_> {
    /// Whether the table refuses a message that it has: some unique index has the number of the message among its keys.
    pub fn refuses_repeats(&self) -> bool {
        let name = self.message.name.as_str();
        let mut indexes = self.table.indexes().filter(|index| index.unique);
        indexes.any(|index| index.keys.iter().any(|key| key.column.as_deref() == Some(name)))
    }
}
