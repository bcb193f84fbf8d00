//! The end of a replay: doubts land on the tables that were there, and everything is put in order of names.

use super::State;
use crate::model::schema::catalog::{Database, Facet, Table};

impl State {
    /// Moves what was replayed into `database`.
    pub fn finish(mut self, database: &mut Database) {
        for slot in 0..self.tables.len() {
            let born = self.born.get(slot).copied().unwrap_or(0);
            // Doubts are noted in order of time; the first one after the birth of a table is the one to name.
            let at = self.dirt.partition_point(|(when, _, _)| *when <= born);
            if let Some((_, why, span)) = self.dirt.get(at).cloned() {
                self.gap(slot, &Facet::ALL, &why, span);
            }
        }
        // The ways to tables by name are done; a large catalog need not stand beside them while it is put in order.
        (self.by_name, self.index_owners, self.constraint_owners, self.referrers) = Default::default();
        database.objects = self.objects();
        // In the place of the old list: `flatten` would make another beside it.
        #[allow(clippy::filter_map_identity)]
        let mut tables: Vec<Table> = self.tables.into_iter().filter_map(|table| table).collect();
        tables.shrink_to_fit();
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        for table in &mut tables {
            table.gaps.sort_by_key(|gap| gap.facet);
        }
        database.tables = tables;
        database.dropped_tables = self.dropped;
        database.enums = self.enums.into_values().collect();
        database.enums.sort_by(|a, b| a.name.cmp(&b.name));
        database.domains = self.domains.into_values().collect();
        database.domains.sort_by(|a, b| a.name.cmp(&b.name));
        database.views = self.views.into_values().collect();
        database.views.sort_by(|a, b| a.name.cmp(&b.name));
        database.tables_unknown = self.tables_unknown;
    }
}
