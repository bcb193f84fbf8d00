//! Replays schema operations into a catalog, as the server would have applied them.
//!
//! What is not understood leaves a [`Gap`] on the smallest thing that it is known to touch. Names resolve through the
//! search path; a name that resolves to nothing becomes an external table, about which nothing is known.

mod apply;
mod calls;
mod certain;
mod columns;
mod constraints;
mod excerpt;
mod finish;
mod indexes;
mod objects;
mod partitions;
mod rebuild;
mod slots;
mod tables;
mod types;

pub(super) use columns::is_null;

use super::catalog::{Domain, DroppedTable, EnumType, Facet, Gap, Table, TableName, View};
use super::names;
use crate::source::{Name, Span};
use crate::sql::{ColumnType, Dialect, ObjectName};
use slots::Slots;
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// The catalog while it is being replayed.
#[derive(Clone)]
pub(super) struct State {
    pub dialect: Dialect,
    /// Tables by slot; a dropped one leaves its slot empty, so that slots stay names.
    pub tables: Vec<Option<Table>>,
    /// When each slot was filled: number of the statement.
    born: Vec<usize>,
    /// Slots by folded bare name.
    by_name: Slots,
    /// Slots that hold, or have held, an index of this folded name.
    index_owners: Slots,
    /// Slots that hold, or have held, a check or a foreign key of this folded name.
    constraint_owners: Slots,
    /// Slots with a foreign key to a table of this folded bare name.
    referrers: Slots,
    /// Slots of partitions and heirs by the slot of their parent.
    children: HashMap<usize, Vec<usize>>,
    /// Whether a table was given parents, or taken from them, in words that are not followed.
    heirs_unknown: bool,
    /// Whether casts or operator classes of its own were made.
    casts_unknown: bool,
    /// The highest number of an index.
    families: u32,
    /// Slots of the temporary tables of this session.
    temporary: Vec<usize>,
    pub dropped: Vec<DroppedTable>,
    pub enums: HashMap<Name, EnumType>,
    pub domains: HashMap<Name, Domain>,
    pub views: HashMap<Name, View>,
    /// Folded names of the views that name a table of this folded bare name.
    readers: HashMap<Name, BTreeSet<Name>>,
    /// The types of columns, each once.
    kinds: HashSet<Arc<ColumnType>>,
    /// Objects beside tables, types and views.
    held: objects::Held,
    /// Whether the server has refused a statement: of what comes after it nothing is told.
    pub stopped: bool,
    /// What the migration that is being applied did to tables as wholes.
    moves: rebuild::Moves,
    /// Tables that were built anew.
    rebuilds: Vec<super::objects::RebuiltTable>,
    search_path: Vec<Name>,
    /// Number of the migration that is being applied.
    pub migration: usize,
    /// Number of the statement that is being applied.
    now: usize,
    /// Whether its condition is that what it drops or renames is there.
    guarded: bool,
    /// Whether it says `ONLY`: what inherits is not meant.
    only: bool,
    /// Statements that may have touched any table that existed: (when, gap without facet).
    dirt: Vec<(usize, String, Option<Span>)>,
    /// How many statements and calls of bodies were looked at.
    followed: Cell<usize>,
    /// Why tables may be missing altogether.
    pub tables_unknown: Vec<String>,
}

impl State {
    pub fn new(dialect: Dialect) -> State {
        State {
            dialect,
            tables: Vec::new(),
            born: Vec::new(),
            by_name: Slots::default(),
            index_owners: Slots::default(),
            constraint_owners: Slots::default(),
            referrers: Slots::default(),
            children: HashMap::new(),
            heirs_unknown: false,
            casts_unknown: false,
            families: 0,
            temporary: Vec::new(),
            dropped: Vec::new(),
            enums: HashMap::new(),
            domains: HashMap::new(),
            views: HashMap::new(),
            readers: HashMap::new(),
            kinds: HashSet::new(),
            held: objects::Held::default(),
            stopped: false,
            moves: rebuild::Moves::default(),
            rebuilds: Vec::new(),
            search_path: default_path(dialect),
            migration: 0,
            now: 0,
            guarded: false,
            only: false,
            dirt: Vec::new(),
            followed: Cell::new(0),
            tables_unknown: Vec::new(),
        }
    }

    /// Starts a migration: session settings of the one before are gone.
    pub fn begin_migration(&mut self, migration: usize) {
        self.migration = migration;
        self.search_path = default_path(self.dialect);
    }

    /// Ends a migration: temporary tables and functions go with the session.
    pub fn end_migration(&mut self) {
        self.end_moves();
        let objects::Held { functions, bodies, .. } = &mut self.held;
        functions.retain(|key, one| {
            let stays = one.name.schema.as_deref() != Some("pg_temp");
            if !stays {
                bodies.remove(key);
            }
            stays
        });
        for slot in std::mem::take(&mut self.temporary) {
            self.forget(slot);
        }
    }

    /// Takes back everything since an earlier moment of the same migration, but for the time.
    pub fn go_back(&mut self, before: State) {
        let now = self.now;
        *self = before;
        self.now = now;
    }

    /// Every table that stands, by slot.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.iter().flatten()
    }

    pub fn table(&self, slot: usize) -> Option<&Table> {
        self.tables.get(slot)?.as_ref()
    }

    fn table_mut(&mut self, slot: usize) -> Option<&mut Table> {
        self.tables.get_mut(slot)?.as_mut()
    }

    fn key(&self, name: &str) -> Name {
        names::key(self.dialect, name)
    }

    fn same(&self, a: &str, b: &str) -> bool {
        names::same(self.dialect, a, b)
    }

    fn cut(&self, name: &str) -> Name {
        names::cut(self.dialect, name)
    }

    /// The slot of an existing table: exact where a schema is written, else along the search path, else the only one of
    /// that name.
    pub fn find(&self, name: &ObjectName) -> Option<usize> {
        let named = |slot: usize| self.table(slot).map(|table| (slot, &table.name));
        let slots: Vec<(usize, &TableName)> = self.by_name.get(&self.key(&name.name)).filter_map(named).collect();
        let in_schema = |schema: &str| {
            let fits = |(_, name): &&(usize, &TableName)| name.schema.as_deref().is_some_and(|one| self.same(one, schema));
            slots.iter().find(fits).map(|(slot, _)| *slot)
        };
        let temporary =
            slots.iter().find(|(slot, _)| self.table(*slot).is_some_and(|table| table.temporary)).map(|(slot, _)| *slot);
        let only = match slots.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        match &name.schema {
            // Where nobody says which schema is meant, a qualified name meets the unqualified table.
            Some(schema) => in_schema(schema).or(only.filter(|(_, held)| held.schema.is_none()).map(|(slot, _)| *slot)),
            None => {
                let on_path = || self.search_path.iter().find_map(|schema| in_schema(schema));
                temporary.or_else(on_path).or(only.map(|(slot, _)| *slot))
            }
        }
    }

    /// The name that a new object gets.
    pub fn new_name(&self, name: &ObjectName) -> TableName {
        let schema = name.schema.as_ref().map(|schema| self.cut(schema)).or_else(|| self.search_path.first().cloned());
        TableName { schema, name: self.cut(&name.name) }
    }

    /// The name of the table that is meant: the existing one's, else the one that a new table would get.
    pub fn resolved(&self, name: &ObjectName) -> TableName {
        match self.find(name).and_then(|slot| self.table(slot)) {
            Some(table) => table.name.clone(),
            None => self.new_name(name),
        }
    }

    fn insert(&mut self, table: Table) -> usize {
        let slot = self.tables.len();
        let key = self.key(&table.name.name);
        let index_names: Vec<Name> = table.indexes.iter().filter_map(|index| index.name.clone()).collect();
        let references: Vec<Name> = table.foreign_keys.iter().map(|one| one.references.name.clone()).collect();
        if table.temporary {
            self.temporary.push(slot);
        }
        self.tables.push(Some(table));
        self.born.push(self.now);
        self.by_name.push(&key, slot);
        for name in index_names {
            self.note_index(&name, slot);
        }
        for name in references {
            self.note_reference(&name, slot);
        }
        slot
    }

    /// Takes a table out of the catalog without a tombstone.
    fn forget(&mut self, slot: usize) -> Option<Table> {
        let table = self.tables.get_mut(slot)?.take()?;
        let key = self.key(&table.name.name);
        self.by_name.remove(&key, slot);
        Some(table)
    }

    fn note_index(&mut self, name: &str, slot: usize) {
        self.index_owners.note(&names::key(self.dialect, name), slot);
    }

    fn note_constraint(&mut self, name: &str, slot: usize) {
        self.constraint_owners.note(&names::key(self.dialect, name), slot);
    }

    /// Whether a constraint of any table of a schema has this name; an index behind a constraint counts as one.
    fn is_taken_by_constraint(&self, schema: Option<&Name>, name: &str) -> bool {
        let key = self.key(name);
        let in_schema = |slot: &usize| self.table(*slot).is_some_and(|table| table.name.schema.as_ref() == schema);
        let is_it = |one: &Option<Name>| one.as_deref() == Some(name);
        let holds = |slot: usize| {
            self.table(slot).is_some_and(|table| {
                table.checks.iter().any(|one| is_it(&one.name))
                    || table.foreign_keys.iter().any(|one| is_it(&one.name))
                    || table.indexes.iter().any(|one| one.backs.is_some() && is_it(&one.name))
            })
        };
        self.constraint_owners.get(&key).chain(self.index_owners.get(&key)).filter(in_schema).any(holds)
    }

    fn note_reference(&mut self, name: &str, slot: usize) {
        self.referrers.note(&names::key(self.dialect, name), slot);
    }

    /// Slots that may refer to a table of this name, each once.
    pub fn referring(&self, name: &str) -> Vec<usize> {
        let mut slots: Vec<usize> = self.referrers.get(&self.key(name)).collect();
        slots.sort_unstable();
        slots.dedup();
        slots.retain(|slot| self.table(*slot).is_some());
        slots
    }

    /// The partitions and heirs of a table, and theirs.
    pub fn descendants(&self, slot: usize) -> Vec<usize> {
        let (mut found, mut todo, mut seen) = (Vec::new(), vec![slot], HashSet::from([slot]));
        while let Some(next) = todo.pop() {
            for child in self.children.get(&next).into_iter().flatten() {
                if self.table(*child).is_some() && seen.insert(*child) {
                    found.push(*child);
                    todo.push(*child);
                }
            }
        }
        found
    }

    /// The partitions and heirs that a change of a table reaches.
    fn reached(&self, slot: usize) -> Vec<usize> {
        if self.only { Vec::new() } else { self.descendants(slot) }
    }

    /// Where an index of this name stands: slot and position.
    pub fn find_index(&self, name: &ObjectName, table: Option<&ObjectName>) -> Option<(usize, usize)> {
        let in_slot = |slot: usize| {
            let held = self.table(slot)?;
            let schema_fits = name.schema.is_none()
                || table.is_some()
                || held.name.schema.is_none()
                || held.name.schema.as_ref().zip(name.schema.as_ref()).is_some_and(|(a, b)| self.same(a, b));
            let position =
                held.indexes.iter().position(|index| index.name.as_ref().is_some_and(|one| self.same(one, &name.name)))?;
            schema_fits.then_some((slot, position))
        };
        match table {
            Some(table) => in_slot(self.find(table)?),
            None => self.index_owners.get(&self.key(&name.name)).rev().find_map(in_slot),
        }
    }

    /// Whether a relation or constraint name is taken in the schema of a table.
    fn is_taken(&self, schema: Option<&Name>, name: &str) -> bool {
        let same_schema = |slot: usize| self.table(slot).is_some_and(|table| table.name.schema.as_ref() == schema);
        let key = self.key(name);
        let table = self.by_name.get(&key).any(same_schema);
        let holds = |slot: usize| {
            self.table(slot).is_some_and(|table| table.indexes.iter().any(|index| index.name.as_deref() == Some(name)))
        };
        let index = self.index_owners.get(&key).any(|slot| same_schema(slot) && holds(slot));
        table || index
    }

    /// Notes what is not known of a table from now on.
    fn gap(&mut self, slot: usize, facets: &[Facet], why: &str, span: Option<Span>) {
        if let Some(table) = self.table_mut(slot) {
            for facet in facets {
                match table.gaps.iter_mut().find(|gap| gap.facet == *facet) {
                    Some(known) => known.stands = false,
                    None => table.gaps.push(Gap { facet: *facet, why: why.to_owned(), span, stands: false }),
                }
            }
        }
    }

    /// A step that is not SQL stands between two statements and may have done anything.
    pub fn doubt_foreign_step(&mut self, name: &str) {
        self.now += 1;
        self.doubt_everything(format!("`{name}` is a step that is not SQL"), None);
    }

    /// Notes why there may be more tables than are known.
    fn note_unknown(&mut self, why: &str) {
        if !self.tables_unknown.iter().any(|known| known == why) && self.tables_unknown.len() < 20 {
            self.tables_unknown.push(why.to_owned());
        }
    }

    /// A migration in code stands between two statements, and not all of it is SQL.
    pub fn doubt_code(&mut self, tool: &str) {
        self.now += 1;
        self.doubt_everything(format!("migrations of {tool} are code"), None);
    }

    /// Notes that anything that exists now may have been touched.
    pub(super) fn doubt_everything(&mut self, why: String, span: Option<Span>) {
        self.note_unknown(&why);
        self.dirt.push((self.now, why, span));
    }

    /// The table that a name means; one that was never created becomes external.
    fn existing_or_external(&mut self, name: &ObjectName) -> usize {
        match self.find(name) {
            Some(slot) => slot,
            None => {
                let why = "never created in what was read";
                let gaps =
                    Facet::ALL.map(|facet| Gap { facet, why: why.to_owned(), span: Some(name.span), stands: false }).to_vec();
                let mut table = tables::blank(self.new_name(name), name.span, name.span, self.migration);
                table.external = true;
                table.gaps = gaps;
                self.insert(table)
            }
        }
    }
}

fn default_path(dialect: Dialect) -> Vec<Name> {
    match dialect {
        Dialect::Postgres => vec![Name::new_static("public")],
        Dialect::SqlServer => vec![Name::new_static("dbo")],
        _ => Vec::new(),
    }
}
