//! What an operation may read from a store that is not read here: lists are often answered from a copy of the rows that is made for
//! it.

use super::tables::noun;
use crate::model::schema::{Schema, TableRef};
use crate::model::words;
use std::collections::HashSet;

/// What the rows of tables in other stores are called.
pub(super) struct Elsewhere(HashSet<String>);

impl Elsewhere {
    /// `session` for the table `sessions_v1` of ClickHouse.
    pub(super) fn new(schema: &Schema) -> Elsewhere {
        Elsewhere(schema.elsewhere.iter().map(|name| noun(words::without_version(name))).collect())
    }

    /// Whether rows of one of these tables are kept there too, by what they are called.
    pub(super) fn holds(&self, tables: &[TableRef]) -> bool {
        !self.0.is_empty() && tables.iter().any(|table| self.0.contains(&noun(&table.name.name)))
    }
}
