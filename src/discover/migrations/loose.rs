//! The `.sql` files that are no migrations: whole schemas, queries, and the rest with the reason why it is left out.

use super::folders::split;
use super::tools::table;
use super::{Found, Read, dialect};
use crate::discover::{Artifact, Kind};
use crate::model::{Settings, words};
use crate::sql::Dialect;
use std::collections::BTreeMap;

/// Folders that hold what the application runs.
const QUERY_FOLDERS: &[&str] = &["queries", "query", "sqlc"];

/// Judges files one by one; those of unread dialects are counted by folder.
pub(super) fn judge(mut paths: Vec<String>, read: Read, settings: &Settings, found: &mut Found) {
    paths.sort();
    let mut clickhouse: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut states: Vec<String> = Vec::new();
    for path in paths {
        let Some(text) = read(&path) else {
            found.unread.push((path, "not UTF-8".into()));
            continue;
        };
        let (folder, name) = split(&path);
        if let Some(word) = dialect::not_read(folder) {
            found.skipped.push((path.clone(), format!("{word} SQL is not supported")));
            continue;
        }
        let is_query = text.lines().any(names_a_query);
        if !is_query && dialect::of_file(&path, &text, settings).named.0 == Dialect::ClickHouse {
            found.elsewhere.extend(super::elsewhere::tables(&text));
            clickhouse.entry(folder.to_owned()).or_default().push(path);
            continue;
        }
        // In its place: dumps are large.
        let mut lower = text;
        lower.make_ascii_lowercase();
        let creates = creates_tables(&lower);
        let at_home = folder.rsplit('/').any(|segment| QUERY_FOLDERS.contains(&segment));
        if is_query || (at_home && !creates) {
            let evidence = if is_query { "a line `-- name: ..`" } else { "its folder" };
            found.artifacts.push(Artifact { path, kind: Kind::Queries, evidence: evidence.into() });
        } else if creates {
            states.push(path);
        } else if lower.contains("insert into") || lower.contains("update ") {
            if is_seed(name) {
                found.seeds.push(path.clone());
            }
            found.skipped.push((path.clone(), format!("`{name}` changes data and creates no table")));
        } else {
            found.skipped.push((path, "neither a migration, nor a schema, nor queries".into()));
        }
    }
    keep_newest(states, found);
    for (folder, mut files) in clickhouse {
        let (path, count) = match (files.len(), files.pop()) {
            (1, Some(only)) => (only, String::new()),
            (many, _) => (if folder.is_empty() { ".".to_owned() } else { folder }, format!(" ({many} files)")),
        };
        found.unread.push((path, format!("ClickHouse SQL is not supported{count}")));
    }
}

/// Whether a file fills tables by its name: `data.sql`, `seed_roles.sql`, `populateDB.sql`.
fn is_seed(name: &str) -> bool {
    let name = words::snake(name);
    let first = name.split('_').next().unwrap_or("");
    table().seeds.iter().any(|word| word == first)
}

/// `-- name: ListOrders :many`, and not the `-- Name: orders; Type: TABLE` of a dump.
fn names_a_query(line: &str) -> bool {
    let comment = line.trim_start().strip_prefix("--").map(str::to_ascii_lowercase);
    let name = comment.as_deref().and_then(|rest| rest.trim_start().strip_prefix("name:"));
    name.is_some_and(|name| !name.contains("; type:"))
}

/// Whether a statement creates a table that stays; `lower` is in lower case.
fn creates_tables(lower: &str) -> bool {
    let mut code = lower.lines().filter(|line| !line.trim_start().starts_with("--"));
    // What stands last before the line that is looked at.
    let mut last: Option<char> = None;
    while let Some(line) = code.next() {
        for (at, word) in line.match_indices("create ") {
            let head = line.get(..at).unwrap_or("");
            let before = head.trim_end().chars().next_back().or(last);
            let starts = head.is_empty() || matches!(before, None | Some(';' | '/'));
            let rest = line.get(at + word.len()..).unwrap_or("");
            let mut words = rest.split_whitespace().chain(code.clone().flat_map(str::split_whitespace));
            let is_table = match words.next() {
                Some("unlogged") => words.next() == Some("table"),
                first => first == Some("table"),
            };
            if starts && is_table {
                return true;
            }
        }
        last = line.trim_end().chars().next_back().or(last);
    }
    false
}

/// The numbers of a file name, and its path.
type Version = (Vec<u128>, String);

/// Of `schema-v1.sql`, `schema-v2.sql` in one folder only the newest counts.
fn keep_newest(states: Vec<String>, found: &mut Found) {
    let mut families: BTreeMap<(String, String), Vec<Version>> = BTreeMap::new();
    for path in states {
        let (folder, name) = split(&path);
        let stem = name.get(..name.len().saturating_sub(4)).unwrap_or(name);
        let digits = stem.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '_');
        let numbers = super::file_name::numbers(stem.get(digits.len()..).unwrap_or(""), &['.', '_']).unwrap_or_default();
        let family = if numbers.is_empty() || digits.is_empty() { stem } else { digits };
        families.entry((folder.to_owned(), family.to_owned())).or_default().push((numbers, path.clone()));
    }
    for (_, mut versions) in families {
        versions.sort();
        let Some((_, newest)) = versions.pop() else { continue };
        for (_, path) in versions {
            found.skipped.push((path, format!("replaced by `{}`", split(&newest).1)));
        }
        found.artifacts.push(Artifact {
            path: newest,
            kind: Kind::Schema,
            evidence: "it creates tables and has no place in an order".into(),
        });
    }
}
