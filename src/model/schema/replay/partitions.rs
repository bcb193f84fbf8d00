//! Partitions: what a child takes over from its parent.

use super::State;
use crate::model::schema::catalog::{Backing, Check, Facet, Index, Table};
use crate::source::{Name, Span};
use crate::sql::{IndexKey, ObjectName};

impl State {
    /// A new partition has every index of its parent.
    pub(super) fn inherit_indexes(&mut self, parent: usize, slot: usize, span: Span) {
        for index in self.table(parent).map(|table| table.indexes.clone()).unwrap_or_default() {
            self.copy_index(&index, slot, true, span);
        }
    }

    /// `LIKE .. INCLUDING INDEXES`: the same, but each is an index of its own.
    pub(super) fn repeat_indexes(&mut self, source: usize, slot: usize, span: Span) {
        for index in self.table(source).map(|table| table.indexes.clone()).unwrap_or_default() {
            self.copy_index(&index, slot, false, span);
        }
    }

    /// Gives a table its copy of another one's index: as a part of it, or as its own. The name is made of what the columns were
    /// called when the index was made: PostgreSQL renames them in the table alone.
    fn copy_index(&mut self, index: &Index, slot: usize, part: bool, span: Span) {
        let label = match index.backs {
            Some(Backing::PrimaryKey) => "pkey",
            Some(Backing::Unique) => "key",
            Some(Backing::Exclusion) => "excl",
            _ => "idx",
        };
        let called = index.called();
        let name = self.made_name(slot, (label != "pkey").then_some(&*called), label);
        let family = if part { index.family } else { 0 };
        let copy = Index { name, family, inherited: part, only: false, span, migration: self.migration, ..index.clone() };
        self.add_index(slot, copy);
    }

    /// An equal index of a partition becomes part of its parent's; where there is none, it gets one.
    pub(super) fn join_index(&mut self, index: &Index, slot: usize, span: Span) {
        let Some(table) = self.table_mut(slot) else { return };
        match table.indexes.iter().position(|one| can_be_part(one, index)) {
            Some(at) => self.join(slot, at, index.family),
            None => self.copy_index(index, slot, true, span),
        }
    }

    /// Makes the index of a partition, and its parts below, parts of a family.
    fn join(&mut self, slot: usize, at: usize, family: u32) {
        let Some(one) = self.table_mut(slot).and_then(|table| table.indexes.get_mut(at)) else { return };
        one.inherited = true;
        let old = std::mem::replace(&mut one.family, family);
        self.move_family(slot, old, family);
    }

    /// The parts of an index below a table follow it to another family.
    fn move_family(&mut self, slot: usize, from: u32, to: u32) {
        for child in self.descendants(slot) {
            let parts = self.table_mut(child).map(|child| child.indexes.iter_mut());
            parts.into_iter().flatten().filter(|one| one.family == from).for_each(|one| one.family = to);
        }
    }

    /// `ALTER INDEX .. ATTACH PARTITION`.
    pub(super) fn attach_index(&mut self, parent: &ObjectName, child: &ObjectName) {
        let of = self.find_index(parent, None).and_then(|(slot, at)| Some((slot, self.table(slot)?.indexes.get(at)?.family)));
        if let (Some((of, family)), Some((slot, at))) = (of, self.find_index(child, None)) {
            self.join(slot, at, family);
            self.complete_index(of, family);
        }
    }

    /// An index `ON ONLY` a table is used once every partition has its part, which may complete the one further up.
    fn complete_index(&mut self, mut slot: usize, family: u32) {
        let has_part = |child: &Table| child.indexes.iter().any(|one| one.inherited && one.family == family && !one.only);
        loop {
            let children = self.children.get(&slot).into_iter().flatten().filter_map(|child| self.table(*child));
            if !children.filter(|child| child.parent.is_some()).all(has_part) {
                return;
            }
            let Some(table) = self.table_mut(slot) else { return };
            table.indexes.iter_mut().filter(|one| one.family == family).for_each(|one| one.only = false);
            let above = table.parent.clone();
            match above.and_then(|above| self.exact(&above)).filter(|above| *above != slot) {
                Some(above) => slot = above,
                None => return,
            }
        }
    }

    /// A key of a partitioned table is a key of every partition.
    pub(super) fn inherit_key(&mut self, slot: usize, index: &Index, columns: &[Name]) {
        for child in self.reached(slot) {
            if self.table(child).is_some_and(|child| child.parent.is_some()) {
                self.join_index(index, child, index.span);
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
            table.parent = name.map(Box::new);
            table.default_partition = default;
            // The server refuses a child without the columns of its parent: its keys would stand on nothing.
            let stands = |columns: &[Name]| columns.iter().all(|column| table.column_named(column).is_some());
            let keys: Vec<_> = keys.into_iter().filter(|key| !table.columns_complete() || stands(&key.columns)).collect();
            for key in keys {
                if !table.foreign_keys.iter().any(|one| one.columns == key.columns && one.references == key.references) {
                    table.foreign_keys.push(key);
                }
            }
        }
        let references: Vec<Name> = self
            .table(slot)
            .map(|table| table.foreign_keys.iter().map(|key| key.references.name.clone()).collect())
            .unwrap_or_default();
        for name in references {
            self.note_reference(&name, slot);
        }
        self.children.entry(parent).or_default().push(slot);
        for index in self.table(parent).map(|table| table.indexes.clone()).unwrap_or_default() {
            self.join_index(&index, slot, span);
        }
    }

    /// `DETACH PARTITION`: the child keeps what it has, and `CONCURRENTLY` leaves it a CHECK of its bound.
    pub(super) fn detach(&mut self, parent: usize, child: &ObjectName, concurrently: bool, span: Span) {
        let Some(slot) = self.find(child) else { return };
        let migration = self.migration;
        if let Some(children) = self.children.get_mut(&parent) {
            children.retain(|one| *one != slot);
        }
        if let Some(table) = self.table_mut(slot) {
            table.parent = None;
            table.default_partition = false;
            if concurrently {
                // Its name is that of the column of the bound, which is not held.
                table.checks.push(Check {
                    name: None,
                    text: "the bound of the partition".into(),
                    not_null_columns: Vec::new(),
                    allowed: None,
                    validated: true,
                    no_inherit: false,
                    span,
                    expression: span,
                    migration,
                });
            }
        }
        let parts = self.table(slot).map(|table| table.indexes.iter().enumerate().filter(|(_, one)| one.inherited));
        let parts: Vec<(usize, u32)> = parts.into_iter().flatten().map(|(at, one)| (at, one.family)).collect();
        for (at, old) in parts {
            self.families += 1;
            let family = self.families;
            if let Some(one) = self.table_mut(slot).and_then(|table| table.indexes.get_mut(at)) {
                (one.family, one.inherited) = (family, false);
            }
            self.move_family(slot, old, family);
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

/// Whether an index of a partition can become part of its parent's: it is none yet, it is equal but for the order of its keys, and
/// where the parent's is that of a constraint, it has one too.
fn can_be_part(one: &Index, index: &Index) -> bool {
    fn key(key: &IndexKey) -> (Option<&str>, &str, Option<&str>, Option<&str>) {
        (key.column.as_deref(), key.text(), key.opclass(), key.collation())
    }
    let predicate = |one: &Index| one.predicate.as_ref().map(|one| one.value.clone());
    !one.inherited
        && (one.unique, one.nulls_not_distinct) == (index.unique, index.nulls_not_distinct)
        && one.method == index.method
        && one.include == index.include
        && one.keys.iter().map(key).eq(index.keys.iter().map(key))
        && predicate(one) == predicate(index)
        && (index.backs.is_none() || one.backs.is_some())
}
