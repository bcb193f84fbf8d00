//! Which databases are one and the same in other words: twins for other dialects, schema files beside migrations.

use super::catalog::{Database, Table};
use crate::sql::Dialect;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// How many of the smaller database's tables the larger one must hold.
const SHARED: f64 = 0.6;

/// How many of a server's tables SQLite must hold to be its twin: fewer are the store of a client or of a test.
const SERVER: f64 = 0.5;

/// How many tables more than migrations make, as a share of these, a schema file holds that has replaced them.
const LEFTOVER: f64 = 0.25;

/// For each database the number of the first one of its family.
pub(super) fn families(databases: &[Arc<Database>]) -> Vec<usize> {
    if databases.len() < 2 {
        return vec![0; databases.len()];
    }
    let names: Vec<(Dialect, BTreeSet<String>)> =
        databases.iter().map(|database| (database.dialect, table_names(database))).collect();
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

/// The tables of every family in the order of their names, of each database the first one of a name. The names stand in the tables
/// alone: a large catalog has thousands.
#[derive(Debug, Default)]
pub(super) struct Namesakes(Vec<Named>);

/// A table, by positions.
#[derive(Debug, Clone, Copy)]
struct Named {
    family: u32,
    database: u32,
    table: u32,
    /// How many tables of its family and name there are from it on, itself included.
    length: u32,
}

impl Named {
    fn name(self, databases: &[Arc<Database>]) -> &str {
        let table = databases.get(self.database as usize).and_then(|database| database.tables.get(self.table as usize));
        table.map_or("", |table| &table.name.name)
    }

    /// How it stands to a name of a family.
    fn to(self, databases: &[Arc<Database>], family: u32, name: &str) -> Ordering {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        let own = self.name(databases).bytes().map(lower);
        self.family.cmp(&family).then_with(|| own.cmp(name.bytes().map(lower)))
    }
}

impl Namesakes {
    /// The tables of a name in the databases of a family, as (database, position), in order; of each database the first one.
    pub(super) fn of<'n>(
        &'n self,
        databases: &'n [Arc<Database>],
        family: usize,
        name: &'n str,
    ) -> impl Iterator<Item = (usize, usize)> + use<'n> {
        let family = family as u32;
        let first = self.0.partition_point(|one| one.to(databases, family, name).is_lt());
        let rest = self.0.get(first..).unwrap_or_default();
        let length = rest.first().filter(|one| one.to(databases, family, name).is_eq()).map_or(0, |one| one.length);
        rest.iter().take(length as usize).map(|one| (one.database as usize, one.table as usize))
    }
}

/// Finds the tables of one name in each family; those that others own are none.
pub(super) fn namesakes(databases: &[Arc<Database>], families: &[usize]) -> Namesakes {
    let own = |(table, held): (usize, &Table)| (!held.external).then_some(table as u32);
    let of = |(database, (held, family)): (usize, (&Arc<Database>, &usize))| {
        let (family, database) = (*family as u32, database as u32);
        let tables = held.tables.iter().enumerate().filter_map(own);
        tables.map(|table| Named { family, database, table, length: 1 }).collect::<Vec<_>>()
    };
    let mut found: Vec<Named> = databases.iter().zip(families).enumerate().flat_map(of).collect();
    // Stable: of equal names the earlier database and position stay in front.
    found.sort_by(|a, b| a.to(databases, b.family, b.name(databases)));
    let is_same = |a: &Named, b: &Named| a.to(databases, b.family, b.name(databases)).is_eq();
    found.dedup_by(|b, a| a.database == b.database && is_same(a, b));
    let mut next: Option<Named> = None;
    for one in found.iter_mut().rev() {
        one.length += next.filter(|next| is_same(one, next)).map_or(0, |next| next.length);
        next = Some(*one);
    }
    Namesakes(found)
}

/// The tables, as (database, position), that a better statement of the same database states, or knows to be gone. A schema file
/// beside migrations is the weaker one, unless it holds clearly more tables: then the migrations are a leftover.
pub(super) fn restated(databases: &[Arc<Database>], families: &[usize]) -> HashSet<(usize, usize)> {
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

fn is_twin(one: &(Dialect, BTreeSet<String>), other: &(Dialect, BTreeSet<String>)) -> bool {
    let ((dialect, a), (_, b)) = if one.1.len() <= other.1.len() { (one, other) } else { (other, one) };
    let (smaller, larger) = (a.len(), b.len());
    let shared = a.intersection(b).count();
    if one.0 != other.0 && *dialect == Dialect::Sqlite && (shared as f64) < SERVER * larger as f64 {
        return false;
    }
    // Two services that happen to have one table of the same name are two databases.
    a == b && smaller > 0 || shared >= 2 && shared as f64 >= SHARED * smaller as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_common_table_makes_no_twins() {
        let set = |names: &[&str]| (Dialect::Postgres, names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>());
        assert!(is_twin(&set(&["a", "b", "c"]), &set(&["a", "b"])));
        assert!(is_twin(&set(&["a"]), &set(&["a"])));
        assert!(!is_twin(&set(&["a"]), &set(&["a", "b"])));
        assert!(!is_twin(&set(&["a", "b", "c", "d"]), &set(&["a", "b", "x", "y"])));
        assert!(!is_twin(&set(&[]), &set(&[])));
    }

    #[test]
    fn the_small_store_of_a_client_is_no_twin_of_its_server() {
        let set = |dialect, names: &str| (dialect, names.chars().map(String::from).collect::<BTreeSet<String>>());
        let (server, client) = (set(Dialect::Postgres, "abcdefgh"), set(Dialect::Sqlite, "abc"));
        assert!(!is_twin(&server, &client) && !is_twin(&client, &server));
        assert!(is_twin(&server, &set(Dialect::Sqlite, "abcdex")));
        assert!(is_twin(&server, &set(Dialect::MySql, "abc")), "a server of another kind that lags behind");
        assert!(is_twin(&set(Dialect::Sqlite, "abcdefgh"), &set(Dialect::Postgres, "abc")));
    }
}
