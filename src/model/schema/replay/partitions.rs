//! Partitions: what a child takes over from its parent.

use super::State;
use crate::model::schema::catalog::{Backing, Facet, Index};
use crate::source::Span;
use crate::sql::ObjectName;

impl State {
    /// A partition has every index of its parent.
    pub(super) fn inherit_indexes(&mut self, parent: usize, slot: usize, span: Span) {
        let indexes: Vec<Index> = self.table(parent).map(|table| table.indexes.clone()).unwrap_or_default();
        for index in indexes.iter().filter(|index| !index.only) {
            self.copy_index(index, slot, span);
        }
    }

    /// A key of a partitioned table is a key of every partition.
    pub(super) fn inherit_key(&mut self, slot: usize, index: &Index, columns: &[String]) {
        for child in self.descendants(slot) {
            if self.table(child).is_some_and(|child| child.parent.is_some()) {
                self.copy_index(index, child, index.span);
            }
            if index.backs == Some(Backing::PrimaryKey) {
                self.demand_values(child, columns, index.span);
            }
        }
    }

    /// `ATTACH PARTITION`.
    pub(super) fn attach(&mut self, parent: usize, child: &ObjectName, default: bool, span: Span) {
        let slot = self.existing_or_external(child);
        let name = self.table(parent).map(|table| table.name.clone());
        let keys = self.table(parent).map(|table| table.foreign_keys.clone()).unwrap_or_default();
        if slot == parent || self.descendants(slot).contains(&parent) {
            return;
        }
        if let Some(table) = self.table_mut(slot) {
            table.parent = name;
            table.default_partition = default;
            // The server refuses a child without the columns of its parent: its keys would stand on nothing.
            let stands = |columns: &[String]| columns.iter().all(|column| table.column_named(column).is_some());
            let keys: Vec<_> = keys.into_iter().filter(|key| !table.columns_complete() || stands(&key.columns)).collect();
            for key in keys {
                if !table.foreign_keys.iter().any(|one| one.columns == key.columns && one.references == key.references) {
                    table.foreign_keys.push(key);
                }
            }
        }
        let references: Vec<String> = self
            .table(slot)
            .map(|table| table.foreign_keys.iter().map(|key| key.references.name.clone()).collect())
            .unwrap_or_default();
        for name in references {
            self.note_reference(&name, slot);
        }
        self.children.entry(parent).or_default().push(slot);
        self.inherit_indexes(parent, slot, span);
    }

    /// `DETACH PARTITION`: the child keeps what it has.
    pub(super) fn detach(&mut self, parent: usize, child: &ObjectName) {
        let Some(slot) = self.find(child) else { return };
        if let Some(children) = self.children.get_mut(&parent) {
            children.retain(|one| *one != slot);
        }
        if let Some(table) = self.table_mut(slot) {
            table.parent = None;
            table.default_partition = false;
        }
    }

    /// Every partition of a table is no better known than the statement that changed the parent.
    pub(super) fn doubt_family(&mut self, slot: usize, facets: &[Facet], why: &str, span: Span) {
        let mut slots = vec![slot];
        slots.extend(self.descendants(slot));
        for slot in slots {
            self.gap(slot, facets, why, Some(span));
        }
    }
}
