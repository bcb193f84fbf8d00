//! Which databases are one and the same in other words: twins for other dialects, schema files beside migrations.

use super::catalog::Database;
use std::collections::{BTreeSet, HashMap, HashSet};

/// How many of the smaller database's tables the larger one must hold.
const SHARED: f64 = 0.6;

/// How many tables more than migrations make, as a share of these, a schema file holds that has replaced them.
const LEFTOVER: f64 = 0.25;

/// For each database the number of the first one of its family.
pub(super) fn families(databases: &[Database]) -> Vec<usize> {
    if databases.len() < 2 {
        return vec![0; databases.len()];
    }
    let names: Vec<BTreeSet<String>> = databases.iter().map(table_names).collect();
    let mut families: Vec<usize> = (0..databases.len()).collect();
    for (number, held) in names.iter().enumerate() {
        let first = names.iter().take(number).position(|other| is_twin(held, other));
        let family = first.and_then(|first| families.get(first).copied());
        if let (Some(family), Some(place)) = (family, families.get_mut(number)) {
            *place = family;
        }
    }
    families
}

/// Tables of one name, as (database, position), by family and name in lower case.
#[derive(Debug, Default)]
pub(super) struct Namesakes(HashMap<(usize, String), Vec<(usize, usize)>>);

impl Namesakes {
    /// The tables of a name in the databases of a family, in order; of each database the first one.
    pub(super) fn of(&self, family: usize, name: &str) -> &[(usize, usize)] {
        self.0.get(&(family, name.to_ascii_lowercase())).map_or(&[], Vec::as_slice)
    }
}

/// Finds the tables of one name in each family; those that others own are none.
pub(super) fn namesakes(databases: &[Database], families: &[usize]) -> Namesakes {
    let mut found = Namesakes::default();
    for (number, (database, family)) in databases.iter().zip(families).enumerate() {
        for (position, table) in database.tables.iter().enumerate().filter(|(_, table)| !table.external) {
            let same = found.0.entry((*family, table.name.name.to_ascii_lowercase())).or_default();
            if same.last().is_none_or(|(other, _)| *other != number) {
                same.push((number, position));
            }
        }
    }
    found
}

/// The tables, as (database, position), that a better statement of the same database states, or knows to be gone. A schema file
/// beside migrations is the weaker one, unless it holds clearly more tables: then the migrations are a leftover.
pub(super) fn restated(databases: &[Database], families: &[usize]) -> HashSet<(usize, usize)> {
    let mut found = HashSet::new();
    for (number, database) in databases.iter().enumerate() {
        let twins = databases.iter().enumerate().filter(|(other, twin)| {
            let same = families.get(*other) == families.get(number) && *other != number;
            same && (twin.dialect, &twin.variant) == (database.dialect, &database.variant)
        });
        let Some((_, better)) = twins.into_iter().find(|(_, twin)| is_better(twin, database)) else { continue };
        let held = table_names(better);
        let dropped = |name: &str| better.dropped_tables.iter().any(|gone| gone.table.name.name.eq_ignore_ascii_case(name));
        for (position, table) in database.tables.iter().enumerate() {
            let name = table.name.name.to_lowercase();
            if held.contains(&name) || dropped(&name) || better.tables_unknown.is_empty() {
                found.insert((number, position));
            }
        }
    }
    found
}

/// Whether one statement of a database is to be believed rather than another. Two sets of SQL migrations, and two schema files, are
/// each believed; migrations in code tell less than either.
fn is_better(one: &Database, other: &Database) -> bool {
    if is_code(one) != is_code(other) {
        return is_code(other);
    }
    let (migrated, stated) = match (&one.tool, &other.tool) {
        (Some(_), None) => (one, other),
        (None, Some(_)) => (other, one),
        _ => return false,
    };
    let (made, said) = (table_names(migrated), table_names(stated));
    // A file that still has what a migration dropped is the older one.
    let dropped: BTreeSet<String> = migrated.dropped_tables.iter().map(|gone| gone.table.name.name.to_lowercase()).collect();
    let more = said.difference(&made).filter(|name| !dropped.contains(*name)).count();
    let fewer = made.difference(&said).count();
    let leftover = migrated.tables_unknown.is_empty() && more > fewer && more as f64 >= LEFTOVER * made.len() as f64;
    leftover == one.tool.is_none()
}

fn is_code(database: &Database) -> bool {
    let is_sql = |path: &str| path.to_ascii_lowercase().ends_with(".sql");
    database.tool.is_some() && !database.migrations.is_empty() && database.migrations.iter().all(|one| !is_sql(&one.path))
}

fn table_names(database: &Database) -> BTreeSet<String> {
    let tables = database.tables.iter().filter(|table| !table.temporary && table.parent.is_none());
    tables.map(|table| table.name.name.to_lowercase()).collect()
}

fn is_twin(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    let smaller = a.len().min(b.len());
    let shared = a.intersection(b).count();
    // Two services that happen to have one table of the same name are two databases.
    a == b && smaller > 0 || shared >= 2 && shared as f64 >= SHARED * smaller as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_common_table_makes_no_twins() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
        assert!(is_twin(&set(&["a", "b", "c"]), &set(&["a", "b"])));
        assert!(is_twin(&set(&["a"]), &set(&["a"])));
        assert!(!is_twin(&set(&["a"]), &set(&["a", "b"])));
        assert!(!is_twin(&set(&["a", "b", "c", "d"]), &set(&["a", "b", "x", "y"])));
        assert!(!is_twin(&set(&[]), &set(&[])));
    }
}
