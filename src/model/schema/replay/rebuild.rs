//! SQLite's way to change a table: another one is made, filled from it, and takes its name. That is one change of one table.

use super::State;
use crate::model::schema::catalog::{DroppedColumn, DroppedTable, Facet, Table, TableName};
use crate::model::schema::objects::RebuiltTable;
use crate::source::{Name, Span};
use crate::sql::{Dialect, ObjectName};

/// What the migration that is being applied did so far that may become a rebuild.
#[derive(Clone, Default)]
pub(super) struct Moves {
    /// Tables that it filled, and the tables from which: names at that time.
    filled: Vec<(usize, usize)>,
    /// Tables that it dropped, by slot, with the name that they had then and the statement.
    dropped: Vec<(usize, TableName, Span)>,
    /// Tables that it gave another name, with the old name and the statement.
    renamed: Vec<(usize, TableName, Span)>,
    /// Rebuilds of this migration: indexes into those of the whole replay.
    rebuilds: Vec<(usize, usize)>,
}

/// More moves than this of one migration are not followed.
const MOST: usize = 4096;

impl State {
    /// `INSERT INTO tables SELECT .. FROM sources`.
    pub(super) fn note_fill(&mut self, tables: &[ObjectName], sources: &[ObjectName]) {
        if self.dialect != Dialect::Sqlite || self.moves.filled.len() > MOST {
            return;
        }
        let slots = |names: &[ObjectName]| names.iter().filter_map(|name| self.find(name)).collect::<Vec<_>>();
        let (into, from) = (slots(tables), slots(sources));
        for slot in into {
            self.moves.filled.extend(from.iter().filter(|other| **other != slot).map(|other| (slot, *other)));
            from.iter().for_each(|copy| self.note_return(slot, *copy));
        }
    }

    /// The rows of a table come back from a copy: where the copy was filled from one that is dropped, and a new one bears its name
    /// and is filled from the copy, that is what became of it.
    fn note_return(&mut self, slot: usize, copy: usize) {
        let Some(table) = self.table(slot).filter(|table| table.migration == self.migration) else { return };
        // A copy that a query made does not say of what.
        let of_query = |copy: &Table| copy.migration == self.migration && copy.gap(Facet::Columns).is_some();
        let is_from_query = self.table(copy).is_some_and(of_query);
        let is_origin = |old: usize| is_from_query || self.moves.filled.contains(&(copy, old));
        let old = self.moves.dropped.iter().find(|(old, held, _)| self.same(&held.name, &table.name.name) && is_origin(*old));
        if let Some((_, held, dropped)) = old.cloned() {
            let (name, made) = (table.name.clone(), table.span);
            self.rebuilt(slot, &held, dropped, made, &name);
        }
    }

    /// Whether a table was made by the migration that is being applied and filled from another one by it.
    fn is_filled_from(&self, slot: usize, other: usize) -> bool {
        let is_new = self.table(slot).is_some_and(|table| table.migration == self.migration);
        is_new && self.moves.filled.contains(&(slot, other))
    }

    /// A table was dropped: where one that was filled from it bears the name that it had, that one is what became of it.
    pub(super) fn note_drop(&mut self, slot: usize, now: TableName, span: Span) {
        if self.dialect != Dialect::Sqlite || self.moves.dropped.len() > MOST {
            return;
        }
        self.moves.dropped.push((slot, now.clone(), span));
        let renamed = self.moves.renamed.iter().rev().find(|(one, _, _)| *one == slot).cloned();
        let Some((_, name, renamed)) = renamed else { return };
        let heir = self.exact(&name).filter(|heir| self.is_filled_from(*heir, slot));
        if let Some(heir) = heir {
            self.rebuilt(heir, &now, span, renamed, &name);
        }
    }

    /// A table took another name: where one of that name was dropped after this one was filled from it, this is what became of it.
    pub(super) fn note_rename(&mut self, slot: usize, old: TableName, span: Span) {
        if self.dialect != Dialect::Sqlite || self.moves.renamed.len() > MOST {
            return;
        }
        let Some(name) = self.table(slot).map(|table| table.name.clone()) else { return };
        let before = self.moves.filled.iter().filter(|(one, _)| *one == slot).map(|(_, other)| *other);
        let is_it = |(one, held, _): &&(usize, TableName, Span), other: usize| *one == other && self.same(&held.name, &name.name);
        let dropped = before.into_iter().find_map(|other| self.moves.dropped.iter().find(|one| is_it(one, other)).cloned());
        self.moves.renamed.push((slot, old, span));
        if let Some((_, held, dropped)) = dropped
            && self.table(slot).is_some_and(|table| table.migration == self.migration)
        {
            self.rebuilt(slot, &held, dropped, span, &name);
        }
    }

    /// The table in `slot` is what became of the one that was dropped at `dropped` under the name `last`.
    fn rebuilt(&mut self, slot: usize, last: &TableName, dropped: Span, renamed: Span, name: &TableName) {
        let migration = self.migration;
        let is_it = |one: &DroppedTable| one.migration == migration && one.span == dropped && one.table.name == *last;
        let Some(at) = self.dropped.iter().rposition(is_it) else { return };
        let DroppedTable { table: mut before, .. } = self.dropped.remove(at);
        before.name = name.clone();
        let Some(table) = self.table_mut(slot) else { return };
        let created = table.span;
        // It is the old table still, with another definition.
        (table.span, table.name_span, table.migration) = (before.span, before.name_span, before.migration);
        if before.seeded {
            (table.seeded, table.copied) = (true, before.copied);
        }
        table.dropped_columns = before.dropped_columns.clone();
        let has = |table: &Table, name: &str| table.columns.iter().any(|one| one.name.eq_ignore_ascii_case(name));
        let lost: Vec<_> = before.columns.iter().filter(|one| !has(table, &one.name)).cloned().collect();
        table.dropped_columns.extend(lost.iter().map(|one| DroppedColumn { column: one.clone(), span: created, migration }));
        let number = self.rebuilds.len();
        self.rebuilds.push(RebuiltTable {
            table: name.clone(),
            before: Box::new(before),
            created,
            dropped,
            renamed,
            migration,
            lost_indexes: Vec::new(),
            lost_triggers: Vec::new(),
            lost_columns: lost,
        });
        self.moves.rebuilds.push((number, slot));
    }

    /// The end of a migration: what was not made again is lost.
    pub(super) fn end_moves(&mut self) {
        for (number, slot) in std::mem::take(&mut self.moves).rebuilds {
            let Some(table) = self.tables.get(slot).and_then(Option::as_ref) else { continue };
            let Some(rebuild) = self.rebuilds.get_mut(number) else { continue };
            let old = rebuild.before.indexes.iter().filter(|index| index.backs.is_none());
            let same_name = |one: &Option<Name>, other: &Option<Name>| {
                one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
            };
            let kept = |index: &crate::model::schema::Index| {
                let is_it = |one: &crate::model::schema::Index| {
                    (one.keys == index.keys && one.unique == index.unique) || same_name(&one.name, &index.name)
                };
                table.indexes.iter().any(is_it)
            };
            rebuild.lost_indexes = old.filter(|index| !kept(index)).cloned().collect();
            let kept = |name: &str| table.triggers.iter().any(|one| one.name.eq_ignore_ascii_case(name));
            rebuild.lost_triggers = rebuild.before.triggers.iter().filter(|one| !kept(&one.name)).cloned().collect();
        }
    }
}
