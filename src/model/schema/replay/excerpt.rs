//! A part of the catalog to try something on: what a text may speak of, and nothing else.

use super::State;
use super::columns::words;
use crate::model::schema::catalog::Table;
use crate::source::Name;
use std::collections::{BTreeMap, BTreeSet};

impl State {
    /// The folded words of texts: everything that they may name.
    pub fn spoken_of<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> BTreeSet<Name> {
        texts.into_iter().flat_map(words).map(|word| self.key(word)).collect()
    }

    /// A catalog of the tables, types and views with these folded names, and of the tables whose indexes have them. `None` where
    /// it is not known whether one is there.
    pub fn excerpt(&self, names: &BTreeSet<Name>) -> Option<State> {
        let mut part = State::new(self.dialect);
        part.migration = self.migration;
        let named = names.iter().flat_map(|name| self.by_name.get(name).chain(self.index_owners.get(name)));
        let slots: BTreeSet<usize> = named.collect();
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        for slot in slots {
            let Some(table) = self.table(slot) else { continue };
            let born = self.born.get(slot).copied().unwrap_or(0);
            let in_doubt = self.dirt.iter().any(|(when, _, _)| *when > born);
            if !stands(table) || in_doubt {
                return None;
            }
            places.insert(slot, part.insert(table.clone()));
        }
        for (parent, children) in &self.children {
            let Some(place) = places.get(parent) else { continue };
            let here: Vec<usize> = children.iter().filter_map(|child| places.get(child).copied()).collect();
            part.children.insert(*place, here);
        }
        let held = |name: &&Name| names.contains(*name);
        let enums = self.enums.iter().filter(|(name, _)| held(name));
        part.enums = enums.map(|(name, one)| (name.clone(), one.clone())).collect();
        let domains = self.domains.iter().filter(|(name, _)| held(name));
        part.domains = domains.map(|(name, one)| (name.clone(), one.clone())).collect();
        part.enums.values().all(|one| one.complete).then_some(part)
    }

    /// Its tables that stay, in order of name.
    pub fn standing_tables(&self) -> BTreeMap<String, &Table> {
        let tables = self.tables().filter(|table| !table.temporary);
        tables.map(|table| (table.name.to_string(), table)).collect()
    }

    /// Whether it is known which of its tables are there; what is in them may be in doubt.
    pub fn is_sure(&self) -> bool {
        self.dirt.is_empty() && self.tables().all(stands)
    }
}

/// Whether a table is there for certain.
fn stands(table: &Table) -> bool {
    !table.external && table.gaps.iter().all(|gap| gap.stands)
}
