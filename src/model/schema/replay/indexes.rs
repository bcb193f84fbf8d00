//! Indexes come, go and change their names.

use super::State;
use super::columns::MOST;
use crate::model::schema::catalog::{Backing, Facet, Index, method};
use crate::model::schema::names;
use crate::source::{Name, Span};
use crate::sql::{Dialect, IndexDef, IndexKey, ObjectName};

impl State {
    /// `CREATE INDEX`, or an index in a MySQL table; `slot` is its table.
    pub(super) fn put_index(&mut self, slot: usize, def: &IndexDef) {
        let name = def.name.as_ref().map(|name| self.cut(&name.value));
        let held = name.as_ref().is_some_and(|name| {
            let owner = ObjectName { schema: None, name: name.clone(), span: def.span };
            let schema = |slot: usize| self.table(slot).and_then(|table| table.name.schema.clone());
            // PostgreSQL and SQLite name indexes per schema, MySQL per table.
            self.find_index(&owner, None).is_some_and(|(other, _)| {
                if self.dialect == Dialect::MySql { other == slot } else { schema(other) == schema(slot) }
            })
        });
        if held {
            return;
        }
        let mut index = Index {
            name,
            keys: def.keys.clone(),
            include: def.include.iter().map(|one| self.cut(one)).collect(),
            unique: def.unique,
            nulls_not_distinct: def.nulls_not_distinct,
            method: method(&def.method),
            predicate: def.predicate.clone().map(Box::new),
            backs: None,
            only: def.only,
            inherited: false,
            family: 0,
            called: None,
            deferrable: false,
            span: def.span,
            migration: self.migration,
        };
        for key in &mut index.keys {
            key.column = key.column.as_ref().map(|column| names::cut(self.dialect, column));
        }
        if index.name.is_none() {
            index.name = match self.dialect {
                Dialect::MySql => index.keys.first().map(|key| key.text().into()),
                _ => self.made_name(slot, Some(&names::index_addition(&index.keys, &index.include)), "idx"),
            };
        }
        if self.dialect == Dialect::MySql {
            self.retire_implicit(slot, &index);
        }
        self.settle(&mut index);
        let only = def.only;
        let copy = index.clone();
        self.add_index(slot, index);
        if !only {
            for child in self.descendants(slot) {
                let partition = self.table(child).is_some_and(|child| child.parent.is_some());
                if partition {
                    self.join_index(&copy, child, def.span);
                }
            }
        }
    }

    /// Gives a new index what it keeps for ever.
    pub(super) fn settle(&mut self, index: &mut Index) {
        if index.family == 0 {
            self.families += 1;
            index.family = self.families;
        }
    }

    pub(super) fn add_index(&mut self, slot: usize, mut index: Index) {
        self.settle(&mut index);
        let (name, span) = (index.name.clone(), index.span);
        let Some(table) = self.table_mut(slot) else { return };
        if table.indexes.len() >= MOST {
            self.gap(slot, &[Facet::Indexes], "more indexes than are followed", Some(span));
            return;
        }
        // Most tables have few, where room would be made for four and eight.
        if table.indexes.len() < 8 {
            table.indexes.reserve_exact(1);
        }
        table.indexes.push(index);
        if let Some(name) = name {
            self.note_index(&name, slot);
        }
    }

    /// `DROP INDEX` of one name.
    pub(super) fn drop_index(&mut self, name: &ObjectName, table: Option<&ObjectName>, if_exists: bool, maybe: bool) {
        match self.find_index(name, table) {
            Some((slot, _)) if maybe => {
                self.gap(slot, &[Facet::Indexes], "an index may have been dropped under a condition", Some(name.span))
            }
            Some((slot, position)) => {
                let dialect = self.dialect;
                let Some(held) = self.table_mut(slot) else { return };
                // Neither PostgreSQL nor SQLite drops the index of a constraint, nor PostgreSQL a partition's part of an index.
                let stays = |index: &Index| index.backs.is_some() || index.inherited;
                if held.indexes.get(position).is_some_and(stays) && matches!(dialect, Dialect::Postgres | Dialect::Sqlite) {
                    return;
                }
                let gone = held.indexes.remove(position);
                self.drop_inherited(slot, &gone);
            }
            None if if_exists || maybe => {}
            None => self.doubt_owner(name, table),
        }
    }

    /// What partitions have of a parent's index goes with it.
    pub(super) fn drop_inherited(&mut self, slot: usize, gone: &Index) {
        for child in self.descendants(slot) {
            if let Some(child) = self.table_mut(child) {
                child.indexes.retain(|one| !one.inherited || one.family != gone.family);
            }
        }
    }

    /// An index that was never seen is dropped: the table that its name begins with holds others than we think.
    fn doubt_owner(&mut self, name: &ObjectName, table: Option<&ObjectName>) {
        let slot = match table {
            Some(table) => self.find(table),
            None => {
                let key = self.key(&name.name);
                let cuts = key.match_indices('_').map(|(at, _)| at).collect::<Vec<_>>();
                let prefixes = cuts.iter().rev().filter_map(|at| key.get(..*at));
                prefixes.into_iter().find_map(|prefix| self.by_name.get(prefix).find(|slot| self.table(*slot).is_some()))
            }
        };
        if let Some(slot) = slot {
            let why = format!("drops index `{}`, which was never seen", name.name);
            self.gap(slot, &[Facet::Indexes], &why, Some(name.span));
        }
    }

    /// `ALTER INDEX a RENAME TO b`; the constraint behind it is renamed too, since the index holds its name.
    pub(super) fn rename_index(&mut self, from: &ObjectName, to: &str, table: Option<&ObjectName>) {
        let to = self.cut(to);
        match self.find_index(from, table) {
            Some((slot, position)) => {
                if let Some(index) = self.table_mut(slot).and_then(|table| table.indexes.get_mut(position)) {
                    index.name = Some(to.clone());
                }
                self.note_index(&to, slot);
            }
            None => self.doubt_owner(from, table),
        }
    }

    /// MySQL makes an index for a foreign key that has none that begins with its columns in order.
    pub(super) fn put_implicit_index(&mut self, slot: usize, columns: &[Name], name: Option<Name>, span: Span) {
        let Some(table) = self.table(slot) else { return };
        let has = |(key, column): (&IndexKey, &Name)| key.column.as_ref().is_some_and(|one| self.same(one, column));
        let serves = |index: &Index| {
            let leading = index.keys.get(..columns.len()).unwrap_or(&[]);
            !leading.is_empty() && leading.iter().zip(columns).all(has)
        };
        if table.indexes.iter().any(serves) || columns.is_empty() {
            return;
        }
        let mut index = self.plain_index(columns.to_vec(), span);
        index.backs = Some(Backing::ForeignKey);
        index.name = name.or_else(|| columns.first().cloned());
        self.add_index(slot, index);
    }

    /// MySQL's own index goes silently when a written one can take its place.
    fn retire_implicit(&mut self, slot: usize, index: &Index) {
        if let Some(table) = self.table_mut(slot) {
            table.indexes.retain(|one| one.backs != Some(Backing::ForeignKey) || !index.keys.starts_with(&one.keys));
        }
    }
}
