//! Foreign keys and views that depend on what a change takes away or makes anew: tables locked with it, and refusals.

use super::super::catalog::{Backing, ForeignKey, Index, Table};
use super::super::history::LockMode;
use super::super::replay::State;
use super::actions::Action;
use super::cost::Cost;
use crate::source::Name;
use crate::sql::ObjectName;

impl<'a> Action<'a> {
    /// Foreign keys, of any table, that refer to the table.
    fn referring(&self) -> Vec<(&'a Table, &'a ForeignKey)> {
        let name = &self.before.name;
        let tables = self.state().referring(&name.name).into_iter().filter_map(|slot| self.state().table(slot));
        tables
            .flat_map(|table| table.foreign_keys.iter().map(move |key| (table, key)))
            .filter(|(_, key)| key.references == *name)
            .collect()
    }

    /// A column takes its foreign keys along; where others refer to it, it stays, or takes theirs.
    pub(super) fn drop_with_column(&self, column: &str, cascade: bool, cost: &mut Cost) {
        let uses = |columns: &[Name]| columns.iter().any(|one| one == column);
        for key in self.table.into_iter().flat_map(|table| &table.foreign_keys).filter(|key| uses(&key.columns)) {
            cost.lock(&key.references, LockMode::AccessExclusive);
        }
        for (table, key) in self.referring() {
            let own = table.name == self.before.name && uses(&key.columns);
            if own || !uses(&key.referenced_columns) {
                continue;
            }
            if cascade {
                cost.lock(&table.name, LockMode::AccessExclusive);
            } else if table.constraints_complete() {
                let columns = key.columns.join(", ");
                let why = format!("column `{column}` cannot be dropped: `{}` ({columns}) refers to it", table.name);
                cost.forbid(why, drop_key(table, key));
            }
        }
    }

    /// A key that foreign keys rest on stays, or takes them along.
    pub(super) fn drop_with_key(&self, name: &str, cascade: bool, cost: &mut Cost) {
        let Some(table) = self.table else { return };
        let enforces = |index: &&Index| matches!(index.backs, Some(Backing::PrimaryKey | Backing::Unique));
        let Some(index) = table.indexes.iter().filter(enforces).find(|index| index.name.as_deref() == Some(name)) else { return };
        let Some(columns) = index.columns() else { return };
        let covers = |named: &[Name]| named.len() == columns.len() && named.iter().all(|one| columns.contains(&one.as_str()));
        let unique = |one: &&Index| {
            let same = |names: Vec<&str>| names.len() == columns.len() && names.iter().all(|name| columns.contains(name));
            one.unique && one.predicate.is_none() && one.columns().is_some_and(same)
        };
        // Where several keys would do, the server knows which one a foreign key rests on.
        let only = table.indexes.iter().filter(unique).count() == 1;
        for (other, key) in self.referring().into_iter().filter(|(_, key)| covers(&key.referenced_columns)) {
            match (only, cascade) {
                (true, true) => cost.lock(&other.name, LockMode::AccessExclusive),
                (true, false)
                    if other.constraints_complete()
                        && !self
                            .moment
                            .leaving
                            .constraints
                            .iter()
                            .any(|one| key.name.as_ref().is_some_and(|name| name == one)) =>
                {
                    let why = format!("`{name}` cannot be dropped: `{}` ({}) refers to it", other.name, key.columns.join(", "));
                    cost.forbid(why, drop_key(other, key));
                }
                (false, true) => cost.doubt_locks(),
                _ => {}
            }
        }
    }

    /// A change of type makes the foreign keys on the column anew, and checks them where the values are others.
    pub(super) fn keys_made_again(&self, column: &str, rewrites: bool, cost: &mut Cost) {
        let uses = |columns: &[Name]| columns.iter().any(|one| one == column);
        for key in self.table.into_iter().flat_map(|table| &table.foreign_keys).filter(|key| uses(&key.columns)) {
            cost.lock(&key.references, LockMode::AccessExclusive);
            if rewrites && key.validated {
                cost.scan(&key.references);
            }
        }
        for (table, key) in self.referring().into_iter().filter(|(_, key)| uses(&key.referenced_columns)) {
            cost.lock(&table.name, LockMode::AccessExclusive);
            if rewrites && key.validated {
                cost.scan(&table.name);
            }
        }
    }

    /// A table has one primary key.
    pub(super) fn second_primary_key(&self, cost: &mut Cost) {
        let Some(held) = self.table.and_then(Table::primary_key) else { return };
        let leaving = self.moment.leaving;
        let by_column =
            held.keys.iter().filter_map(|key| key.column.as_ref()).any(|column| leaving.columns.iter().any(|one| one == column));
        if !by_column && !held.name.as_ref().is_some_and(|name| leaving.constraints.iter().any(|one| one == name)) {
            let remedy = "drop the other one first, or make this one UNIQUE";
            cost.forbid(format!("`{}` has a primary key already", self.before.name), remedy);
        }
    }
}

/// The statement that takes a reference away.
fn drop_key(table: &Table, key: &ForeignKey) -> String {
    let name = key.name.as_deref().unwrap_or("..");
    format!("drop the foreign key first:\nALTER TABLE {} DROP CONSTRAINT {name};", table.name)
}

/// Types that go: columns of them stay, or go too.
pub(super) fn drop_types(state: &State, names: &[ObjectName], cascade: bool, cost: &mut Cost) {
    let known = names.iter().filter(|name| state.enum_named(&name.name).is_some() || state.domain_named(&name.name).is_some());
    for name in known {
        for table in state.tables() {
            let bare = |written: &str| written.rsplit('.').next().unwrap_or(written).trim_matches('"').to_owned();
            let holds =
                table.columns.iter().find(|one| one.column_type.known().is_some_and(|kind| bare(&kind.name) == name.name));
            let Some(column) = holds else { continue };
            if cascade {
                cost.lock(&table.name, LockMode::AccessExclusive);
            } else if table.columns_complete() {
                let why = format!("type `{}` cannot be dropped: column `{}.{}` is of it", name.name, table.name, column.name);
                cost.forbid(why, format!("give column `{}` another type first", column.name));
            }
        }
    }
}
