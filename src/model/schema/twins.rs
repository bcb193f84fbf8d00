//! Which databases are one and the same in other words: twins for other dialects, schema files beside migrations.

use super::catalog::Database;
use std::collections::BTreeSet;

/// How many of the smaller database's tables the larger one must hold.
const SHARED: f64 = 0.6;

/// For each database the number of the first one of its family.
pub(super) fn families(databases: &[Database]) -> Vec<usize> {
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
