//! Collects what one operation costs.

use super::super::catalog::TableName;
use super::super::history::{Effects, LockMode, Reasons, Refusal};
use super::super::replay::State;
use super::{add_lock, add_name};
use serde::Deserialize;
use std::sync::OnceLock;

/// The cost of one operation while it is being added up.
#[derive(Default)]
pub(super) struct Cost {
    locks: Vec<(TableName, LockMode)>,
    rewrites: Vec<TableName>,
    scans: Vec<TableName>,
    unknown_locks: bool,
    unknown_rewrite: bool,
    unknown_scan: bool,
    reasons: Reasons,
}

impl Cost {
    pub fn lock(&mut self, table: &TableName, mode: LockMode) {
        add_lock(&mut self.locks, &(table.clone(), mode));
    }

    pub fn rewrite(&mut self, table: &TableName) {
        add_name(&mut self.rewrites, table);
    }

    pub fn scan(&mut self, table: &TableName) {
        add_name(&mut self.scans, table);
    }

    /// Locks cannot be told in full.
    pub fn doubt_locks(&mut self) {
        self.unknown_locks = true;
    }

    /// Whether rows are rewritten cannot be told.
    pub fn doubt_rewrite(&mut self) {
        self.unknown_rewrite = true;
        self.unknown_scan = true;
    }

    /// Whether rows are read in full cannot be told.
    pub fn doubt_scan(&mut self) {
        self.unknown_scan = true;
    }

    pub fn fail(&mut self, why: impl Into<String>) {
        self.reasons.fails.get_or_insert(why.into());
    }

    /// It fails by the catalog alone, whatever the rows.
    pub fn forbid(&mut self, why: impl Into<String>, remedy: impl Into<String>) {
        let refusal = Refusal::new(why, remedy);
        self.fail(refusal.why.clone());
        self.reasons.refusal.get_or_insert(refusal);
    }

    /// It fails since a view rests on what it changes.
    pub fn refuse(&mut self, view: &TableName, why: impl Into<String>) {
        self.fail(why);
        self.reasons.refused_by.get_or_insert_with(|| view.clone());
    }

    pub fn because(&mut self, why: impl Into<String>) {
        self.reasons.because.get_or_insert(why.into());
    }

    pub fn finish(self) -> Effects {
        Effects {
            locks: (!self.unknown_locks).then(|| self.locks.into()),
            rewrites: (!self.unknown_rewrite).then(|| self.rewrites.into()),
            scans: (!self.unknown_scan).then(|| self.scans.into()),
            reasons: (self.reasons != Reasons::default()).then(|| Box::new(self.reasons)),
            ..Effects::default()
        }
    }
}

/// A table and the tables that hold its rows: itself, or its partitions.
pub(super) struct Family {
    /// Itself and all below.
    pub all: Vec<TableName>,
    /// Those that hold rows.
    pub stored: Vec<TableName>,
}

impl Family {
    /// The family of a name; a table that is not known stands for itself.
    pub fn of(state: &State, name: &TableName, slot: Option<usize>) -> Family {
        let mut family = Family { all: vec![name.clone()], stored: Vec::new() };
        let Some(slot) = slot else {
            family.stored.push(name.clone());
            return family;
        };
        for one in std::iter::once(slot).chain(state.descendants(slot)) {
            let Some(table) = state.table(one) else { continue };
            if one != slot {
                family.all.push(table.name.clone());
            }
            if !table.partitioned {
                family.stored.push(table.name.clone());
            }
        }
        family
    }
}

#[derive(Deserialize)]
struct Row {
    words: Vec<String>,
    mode: String,
    #[serde(default)]
    rewrites: bool,
}

#[derive(Deserialize, Default)]
struct Table {
    words: Vec<Row>,
}

/// The lock of an action or statement by its leading words, and whether it rewrites the table.
pub(super) fn by_words(words: &str) -> Option<(LockMode, bool)> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let table = TABLE.get_or_init(|| toml::from_str(include_str!("../../../../data/postgres_locks.toml")).unwrap_or_default());
    let fits = |row: &'static Row| {
        let longest = row.words.iter().filter(|one| words.starts_with(one.as_str())).map(String::len).max()?;
        Some((longest, row))
    };
    let (_, row) = table.words.iter().filter_map(fits).max_by_key(|(longest, _)| *longest)?;
    Some((LockMode::parse(&row.mode)?, row.rewrites))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_words_win() {
        assert_eq!(by_words("SET UNLOGGED"), Some((LockMode::AccessExclusive, true)));
        assert_eq!(by_words("SET"), Some((LockMode::ShareUpdateExclusive, false)));
        assert_eq!(by_words("VACUUM FULL"), Some((LockMode::AccessExclusive, true)));
        assert_eq!(by_words("COMMENT ON COLUMN"), Some((LockMode::ShareUpdateExclusive, false)));
        assert_eq!(by_words("SOMETHING ELSE"), None);
    }
}
