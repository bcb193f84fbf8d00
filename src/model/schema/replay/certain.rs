//! What is known for certain of the catalog, and a part of it to try the actions of one statement on.

use super::State;
use crate::model::schema::catalog::{Table, TableName};
use crate::sql::{Change, ConstraintKind, ObjectName, SchemaOp, TableAction};
use std::collections::{BTreeMap, BTreeSet};

impl State {
    /// A table of which everything is known.
    pub fn certain(&self, slot: usize) -> Option<&Table> {
        let table = self.table(slot)?;
        let born = self.born.get(slot).copied().unwrap_or(0);
        let in_doubt = self.dirt.iter().any(|(when, _, _)| *when >= born);
        (!table.external && table.gaps.is_empty() && !in_doubt).then_some(table)
    }

    /// Whether everything that there is was made by what was read: only then is something known not to be there.
    pub fn is_whole(&self) -> bool {
        let known = |table: &Table| !table.external && table.gaps.is_empty();
        let nothing_hidden = self.held.extensions.is_empty() && self.tables_unknown.is_empty() && self.dirt.is_empty();
        nothing_hidden && self.tables().all(known)
    }

    /// Notes that what inherits from what is no longer known.
    pub(super) fn doubt_heirs(&mut self) {
        self.heirs_unknown = true;
    }

    /// Whether types act as the server made them: no casts or operator classes were added.
    pub fn has_plain_types(&self) -> bool {
        !self.casts_unknown
    }

    /// The tables that a table inherits from, or is a partition of; `None` where that is not known.
    pub fn parents(&self, slot: usize) -> Option<Vec<&Table>> {
        if self.heirs_unknown {
            return None;
        }
        let over = self.children.iter().filter(|(_, children)| children.contains(&slot));
        Some(over.filter_map(|(parent, _)| self.table(*parent)).collect())
    }

    /// Whether a table, an index or a view of this schema has the name.
    pub fn is_relation(&self, name: &TableName) -> bool {
        let view = self.views.get(&self.key(&name.name)).is_some_and(|view| view.name == *name);
        let known = self.exact(name).and_then(|slot| self.table(slot)).is_some_and(|table| !table.external);
        view || known || self.is_index(name)
    }

    /// Whether an index of a known table of this schema has the name.
    fn is_index(&self, name: &TableName) -> bool {
        let owners = self.index_owners.get(&self.key(&name.name));
        let tables = owners.filter_map(|slot| self.certain(slot)).filter(|table| table.name.schema == name.schema);
        tables.into_iter().any(|table| table.indexes.iter().any(|index| index.name.as_deref() == Some(&*name.name)))
    }

    /// Whether anything that is no table has the name: a sequence or a composite type, whose schemas are not compared.
    pub fn is_other(&self, name: &ObjectName) -> bool {
        let key = self.key(&name.name);
        let own = |table: &Table| {
            table.columns.iter().any(|column| column.sequence().is_some_and(|one| self.same(&one.name, &name.name)))
        };
        self.held.sequences.contains_key(&key)
            || self.held.composites.contains_key(&key)
            || self.is_view(name)
            || self.tables().any(own)
    }

    /// Whether a constraint of the table has the name.
    pub fn has_constraint(&self, slot: usize, name: &str) -> bool {
        self.holds_constraint(slot, name)
    }

    /// Tables of a schema.
    pub fn first_in_schema(&self, schema: &str) -> Option<&Table> {
        self.tables().find(|table| table.name.schema.as_deref() == Some(schema))
    }

    /// A catalog of what the actions of an `ALTER TABLE` speak of, to try them on one after the other.
    pub fn trial(&self, name: &ObjectName, ops: &[SchemaOp]) -> Option<State> {
        let slot = self.find(name)?;
        let table = self.table(slot)?;
        let mut slots = BTreeSet::from([slot]);
        slots.extend(self.descendants(slot));
        slots.extend(self.children.iter().filter(|(_, children)| children.contains(&slot)).map(|(parent, _)| *parent));
        slots.extend(self.referring(&table.name.name));
        slots.extend(table.foreign_keys.iter().filter_map(|key| self.exact(&key.references)));
        slots.extend(ops.iter().flat_map(references).filter_map(|name| self.find(name)));
        let mut part = State::new(self.dialect);
        part.migration = self.migration;
        part.search_path = self.search_path.clone();
        part.now = self.now;
        part.casts_unknown = self.casts_unknown;
        part.heirs_unknown = self.heirs_unknown;
        part.tables_unknown = self.tables_unknown.clone();
        part.dirt = self.dirt.clone();
        part.enums = self.enums.clone();
        part.domains = self.domains.clone();
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        for slot in slots {
            let Some(table) = self.table(slot) else { continue };
            let place = part.insert(table.clone());
            if let Some(born) = part.born.get_mut(place) {
                *born = self.born.get(slot).copied().unwrap_or(0);
            }
            places.insert(slot, place);
        }
        for (parent, children) in &self.children {
            let Some(place) = places.get(parent) else { continue };
            part.children.insert(*place, children.iter().filter_map(|child| places.get(child).copied()).collect());
        }
        Some(part)
    }
}

/// The tables that an action refers to.
fn references(op: &SchemaOp) -> Vec<&ObjectName> {
    let constraints = match &op.change {
        Change::AlterTable { action: TableAction::AddConstraint(def), .. } => std::slice::from_ref(&**def),
        Change::AlterTable { action: TableAction::AddColumn { column, .. }, .. } => column.constraints.as_slice(),
        _ => &[],
    };
    let referred = constraints.iter().filter_map(|one| match &one.kind {
        ConstraintKind::ForeignKey { references, .. } => Some(references),
        _ => None,
    });
    referred.collect()
}
