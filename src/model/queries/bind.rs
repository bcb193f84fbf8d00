//! Which database a file of queries is for: the one that sqlc's configuration pairs with it, else the one of its dialect that
//! holds its tables, the nearest where there are several. Where two databases are equally good, none is taken.

use super::sqlc::Pairing;
use super::{Origin, Queries, Query};
use crate::model::schema::pending::FormerName;
use crate::model::schema::{Database, Schema};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// For each query, those that the database keeps included, the number of its database.
pub(super) fn databases(schema: &Schema, queries: &Queries, former: &[Vec<FormerName>]) -> Vec<Option<usize>> {
    let held: Vec<HashSet<String>> = schema.databases.iter().zip(former).map(|(one, former)| names_of(one, former)).collect();
    let mut files: BTreeMap<&str, (BTreeSet<String>, &Query)> = BTreeMap::new();
    for query in queries.iter() {
        let (names, _) = files.entry(query.path.as_str()).or_insert_with(|| (BTreeSet::new(), query));
        names.extend(query.statement.tables.iter().map(|table| table.name.to_lowercase()));
    }
    let paired: Vec<Vec<bool>> =
        queries.pairings.iter().map(|pairing| schema.databases.iter().map(|one| pairs(pairing, one)).collect()).collect();
    let choose = |path: &str, names: &BTreeSet<String>, query: &Query| {
        let pairing = queries.pairings.iter().position(|pairing| pairing.has_queries(path));
        let paired = pairing.and_then(|at| paired.get(at)).map_or(&[][..], Vec::as_slice);
        choose(schema, paired, &held, path, names, query)
    };
    let of_file: BTreeMap<&str, Option<usize>> =
        files.iter().map(|(path, (names, query))| (*path, choose(path, names, query))).collect();
    let number = |query: &Query| match query.origin {
        Origin::View(database) | Origin::Routine(database) => Some(database),
        Origin::File | Origin::Offline => of_file.get(query.path.as_str()).copied().flatten(),
    };
    queries.all.iter().chain(&queries.stored).map(|query| number(query)).collect()
}

fn names_of(database: &Database, former: &[FormerName]) -> HashSet<String> {
    let tables = database.tables.iter().filter(|table| !table.external).map(|table| &table.name.name);
    let views = database.views.iter().map(|view| &view.name.name);
    let gone = database.dropped_tables.iter().map(|gone| &gone.table.name.name);
    let former = former.iter().map(|former| &former.name.name);
    tables.chain(views).chain(gone).chain(former).map(|name| name.to_lowercase()).collect()
}

/// Whether a pairing names what makes a database.
fn pairs(pairing: &Pairing, database: &Database) -> bool {
    pairing.has_schema(&database.source) || database.migrations.iter().any(|one| pairing.has_schema(&one.path))
}

/// The number of the database of a file; `paired` says of each whether sqlc's configuration pairs it with the file.
fn choose(
    schema: &Schema,
    paired: &[bool],
    held: &[HashSet<String>],
    path: &str,
    names: &BTreeSet<String>,
    query: &Query,
) -> Option<usize> {
    // Better is greater: paired, the names that it holds, nearness, and migrations before a schema file.
    let mut ranked: Vec<((bool, usize, usize), bool, usize)> = Vec::new();
    for (number, (database, held)) in schema.databases.iter().zip(held).enumerate() {
        if database.dialect != query.dialect {
            continue;
        }
        let hits = names.iter().filter(|name| held.contains(*name)).count();
        let paired = paired.get(number).copied().unwrap_or(false);
        if hits > 0 {
            ranked.push(((paired, hits, nearness(path, &database.source)), database.tool.is_some(), number));
        }
    }
    let best = ranked.iter().map(|(rank, ..)| *rank).max()?;
    let (paired, hits, near) = best;
    if !paired && hits * 2 < names.len() {
        return None;
    }
    let mut equal: Vec<(bool, usize)> =
        ranked.iter().filter(|(rank, ..)| *rank == best).map(|(_, migrated, number)| (*migrated, *number)).collect();
    let first = equal.first().map(|(_, number)| schema.family_of(*number))?;
    if equal.iter().any(|(_, number)| schema.family_of(*number) != first) {
        return None;
    }
    // A nearer database that has some of the tables may be the one that is meant.
    let nearer = ranked.iter().any(|((_, _, nearness), _, number)| *nearness > near && schema.family_of(*number) != first);
    if nearer && !paired {
        return None;
    }
    equal.sort_by_key(|(migrated, number)| (!migrated, *number));
    equal.first().map(|(_, number)| *number)
}

/// How many folders two paths have in common.
fn nearness(a: &str, b: &str) -> usize {
    // Asked of every file of queries and every database.
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let ends = |path: &str| path.as_bytes().get(same).is_none_or(|next| *next == b'/');
    let whole = a.bytes().take(same).filter(|byte| *byte == b'/').count();
    whole + usize::from(ends(a) && ends(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_folders_are_counted() {
        let paths = ["", "a", "a/b", "a/b/c", "a/bc", "ab", "a/b/", "/a", "b/a", "é/b", "è/b"];
        for (a, b) in paths.iter().flat_map(|a| paths.map(|b| (*a, b))) {
            let in_common = a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count();
            assert_eq!(nearness(a, b), in_common, "{a} and {b}");
        }
    }
}
