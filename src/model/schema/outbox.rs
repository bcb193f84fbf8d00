//! Outboxes: tables in which a transaction leaves what a relay sends afterwards. Known by name and by a column that says what is sent.
//!
//! What is absent: outboxes of other names, and those whose rows are deleted once they are sent.

use super::{ColumnRef, Schema, TableRef};
use crate::model::words;

/// An outbox.
#[derive(Debug, Clone, Copy)]
pub struct Outbox<'m> {
    /// The table.
    pub table: TableRef<'m>,
    /// The column that says whether a row is sent.
    pub mark: ColumnRef<'m>,
}

impl Schema {
    /// Every outbox whose columns and indexes are all known.
    pub fn outboxes(&self) -> impl Iterator<Item = Outbox<'_>> {
        let known = self.tables().filter(|table| !table.is_derived() && table.columns_complete() && table.indexes_complete());
        known.filter(|table| words::is_outbox(&words::snake(&table.name.name))).filter_map(|table| {
            let marks = || table.columns().filter(|column| is_mark(&column.name));
            let mark = marks().find(|column| is_time(&column.name)).or_else(|| marks().next())?;
            Some(Outbox { table, mark })
        })
    }
}

fn is_mark(column: &str) -> bool {
    words::is_sent_mark(&words::snake(column))
}

/// Whether a column that says that a row is sent does so by a time, and is empty before.
fn is_time(column: &str) -> bool {
    words::snake(column).split('_').any(|word| word == "at" || word == "on")
}

impl Outbox<'_> {
    /// Whether some index helps to find the rows that are not sent: one that has such a column among its keys, or in its condition.
    pub fn has_index(&self) -> bool {
        let marks: Vec<String> =
            self.table.columns().map(|column| column.name.to_lowercase()).filter(|name| is_mark(name)).collect();
        let has = |text: &str| {
            let lower = text.to_lowercase();
            marks.iter().any(|mark| lower.contains(mark.as_str()))
        };
        self.table.indexes().any(|index| {
            index.keys.iter().any(|key| has(key.text()))
                || index.predicate.as_ref().is_some_and(|predicate| has(&predicate.value))
        })
    }

    /// The index that helps: over the unsent rows alone, where the dialect can and the column says it by being empty.
    pub fn index_help(&self) -> String {
        let key = self.table.table().primary_key().and_then(|key| key.columns()).unwrap_or_default();
        let key: Vec<String> = key.into_iter().map(str::to_owned).collect();
        if self.table.dialect().name() != "mysql" && is_time(&self.mark.name) && !key.is_empty() {
            let condition = format!("({}) WHERE {} IS NULL", key.join(", "), self.mark.sql_name());
            return self.table.create_index_of(false, "unsent", &condition);
        }
        let columns = std::iter::once(self.mark.name.to_string()).chain(key).collect();
        self.table.create_indexes_help(&[columns])
    }
}
