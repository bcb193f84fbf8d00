//! Tables of SQLite that a pending migration builds anew, and what is lost on the way.

use super::super::catalog::{ForeignKey, Index};
use crate::model::schema::MigrationRef;
use crate::source::{Sources, Span};
use crate::sql::{Change, TableAction};
use std::collections::BTreeMap;

/// An index as it was made, by the table that it stands on.
#[derive(Debug, Clone)]
pub struct MadeIndex {
    /// Its name.
    pub name: String,
    /// Its keys as written.
    pub keys: Vec<String>,
    /// Whether it is unique.
    pub unique: bool,
    /// The statement that made it.
    pub span: Span,
}

/// A table that a migration builds anew under its old name.
#[derive(Debug, Clone)]
pub struct Rebuild {
    /// Its name, folded.
    pub table: String,
    /// Where the old one is dropped.
    pub dropped: Span,
    /// Indexes of the old table that the new one does not get, and that nobody drops by name.
    pub lost: Vec<MadeIndex>,
}

/// The tables of a database while their statements go by, as far as a rebuild is concerned.
#[derive(Default, Clone)]
struct Tables {
    indexes: BTreeMap<String, Vec<MadeIndex>>,
    columns: BTreeMap<String, Vec<String>>,
}

fn fold(name: &str) -> String {
    name.to_lowercase()
}

impl Tables {
    fn apply(&mut self, change: &Change, span: Span) {
        match change {
            Change::CreateTable(def) => {
                let columns = def.columns.iter().map(|column| fold(&column.name.value)).collect();
                self.columns.insert(fold(&def.name.name), columns);
                self.indexes.entry(fold(&def.name.name)).or_default();
            }
            Change::CreateIndex(index) => {
                let Some(name) = &index.name else { return };
                let held = self.indexes.entry(fold(&index.table.name)).or_default();
                if !held.iter().any(|one| one.name == name.value) {
                    let keys = index.keys.iter().map(|key| fold(&key.text)).collect();
                    held.push(MadeIndex { name: name.value.clone(), keys, unique: index.unique, span });
                }
            }
            Change::DropIndex { names, .. } => self.drop_indexes(names.iter().map(|name| name.name.as_str())),
            Change::DropTable { names, .. } => names.iter().for_each(|name| {
                self.indexes.remove(&fold(&name.name));
                self.columns.remove(&fold(&name.name));
            }),
            Change::AlterTable { table, action: TableAction::RenameTable { to }, .. } => {
                if let Some(held) = self.indexes.remove(&fold(&table.name)) {
                    self.indexes.insert(fold(&to.value), held);
                }
                if let Some(held) = self.columns.remove(&fold(&table.name)) {
                    self.columns.insert(fold(&to.value), held);
                }
            }
            _ => {}
        }
    }

    fn drop_indexes<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        for name in names {
            self.indexes.values_mut().for_each(|held| held.retain(|one| !one.name.eq_ignore_ascii_case(name)));
        }
    }
}

impl<'m> MigrationRef<'m> {
    /// The tables that it builds anew: an old one goes, and another one that it creates and fills has the name in the end.
    pub fn rebuilds(&self) -> Vec<Rebuild> {
        let here = self.migration();
        let mut steps = here.statements.iter().flat_map(|statement| &statement.ops);
        if !steps.any(|step| matches!(step.op.change, Change::DropTable { .. })) {
            return Vec::new();
        }
        let mut state = Tables::default();
        for migration in self.database().migrations.iter().take_while(|one| one.source != here.source) {
            let steps = migration.statements.iter().flat_map(|statement| &statement.ops);
            steps.for_each(|step| state.apply(&step.op.change, step.op.span));
        }
        let mut before = state.clone();
        // Where each table of old has gone: its name now, and whether it was dropped.
        let mut moved: BTreeMap<String, String> = state.columns.keys().map(|name| (name.clone(), name.clone())).collect();
        let mut gone: BTreeMap<String, Span> = BTreeMap::new();
        let mut filled = false;
        for step in here.statements.iter().flat_map(|statement| &statement.ops) {
            match &step.op.change {
                Change::DropTable { names, .. } => {
                    let dropped = |now: &&mut String| names.iter().any(|name| fold(&name.name) == **now);
                    for (old, now) in moved.iter_mut() {
                        if dropped(&now) {
                            gone.entry(old.clone()).or_insert(step.op.span);
                            now.clear();
                        }
                    }
                }
                Change::AlterTable { table, action: TableAction::RenameTable { to }, .. } => {
                    let from = fold(&table.name);
                    moved.values_mut().filter(|now| **now == from).for_each(|now| *now = fold(&to.value));
                }
                Change::DropIndex { names, .. } => before.drop_indexes(names.iter().map(|name| name.name.as_str())),
                Change::Data { copied, .. } => filled |= copied,
                _ => {}
            }
            state.apply(&step.op.change, step.op.span);
        }
        let stays = |name: &String| state.columns.contains_key(name);
        let rebuilt = gone.into_iter().filter(|(name, _)| filled && stays(name));
        let rebuilds = rebuilt.map(|(table, dropped)| {
            let now = state.indexes.get(&table).cloned().unwrap_or_default();
            let columns = state.columns.get(&table).cloned().unwrap_or_default();
            let is_lost = |index: &&MadeIndex| {
                let is_back = now.iter().any(|one| one.keys == index.keys || one.name.eq_ignore_ascii_case(&index.name));
                let can_be = index.keys.iter().all(|key| columns.contains(key));
                !is_back && can_be && !self.has_index_later(&table, index)
            };
            let old = before.indexes.get(&table).into_iter().flatten();
            let lost = old.filter(is_lost).cloned().collect();
            Rebuild { table, dropped, lost }
        });
        rebuilds.collect()
    }

    /// Whether the table has in the end what does the work of this index: a unique one over the same columns, or one that begins
    /// with its keys.
    fn has_index_later(&self, table: &str, lost: &MadeIndex) -> bool {
        let held = self.database().tables.iter().find(|one| fold(&one.name.name) == table);
        let serves = |index: &Index| {
            let mut keys: Vec<String> = index.keys.iter().map(|key| fold(&key.text)).collect();
            if !lost.unique {
                return keys.starts_with(&lost.keys);
            }
            let mut wanted = lost.keys.clone();
            keys.sort();
            wanted.sort();
            index.unique && keys == wanted
        };
        held.is_none_or(|held| held.indexes.iter().any(serves))
    }

    /// Where it turns the checks of foreign keys off inside a transaction, which has no effect there.
    pub fn pragma_without_effect(&self, sources: &Sources) -> Option<Span> {
        let off = |span: Span| {
            let text: String = sources.text(span).to_lowercase().split_whitespace().collect();
            let value = text.strip_prefix("pragmaforeign_keys").map(|rest| rest.trim_matches(['=', '(', ')', ';']));
            matches!(value, Some("off" | "0" | "false" | "no"))
        };
        let mut inside = self.statements.iter().filter(|one| one.in_transaction.known() == Some(&true));
        inside.find(|one| off(one.span)).map(|one| one.span)
    }

    /// The first foreign key of another table to this one, with the name of that table; one that acts on a delete first.
    pub fn reference_to(&self, table: &str) -> Option<(&'m str, &'m ForeignKey)> {
        let others = self.database().tables.iter().filter(|one| fold(&one.name.name) != table);
        let keys = others.flat_map(|one| one.foreign_keys.iter().map(move |key| (one.name.name.as_str(), key)));
        let to_it = keys.filter(|(_, key)| fold(&key.references.name) == table);
        to_it.max_by_key(|(_, key)| key.on_delete.is_some())
    }
}
