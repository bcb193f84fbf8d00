//! How many indexes a table may have before somebody has to say what for.

use super::TableRef;
use crate::model::Model;
use crate::model::demands;
use crate::source::Sources;

impl Model {
    /// How many indexes are enough for a table: ten; where the configuration declares that it is written as often as it is read,
    /// five, and where nearly every request reads, fifteen.
    pub fn index_budget(&self, table: TableRef<'_>, sources: &Sources) -> usize {
        let reads = self.runtime.declared(table.name_span, sources, demands::READS).map(|stated| stated.value);
        match reads {
            Some(reads) if reads <= 2.0 => 5,
            Some(reads) if reads >= 10.0 => 15,
            _ => 10,
        }
    }
}
