//! Migrations that are code: which files they are, of which tool, in which order. The conventions are `data/code_migrations.toml`.

mod drivers;
mod literals;
mod manifests;

pub use drivers::Drivers;
pub use literals::{Code, read};

use super::migrations::{Late, code_numbers, dialect_of_code};
use super::servers::Server;
use super::stated::dialect_of_ruby;
use super::{Artifact, Kind, Migration, MigrationSet, Transaction, names};
use crate::files::{Listing, folder_of};
use crate::model::Settings;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

/// How many files of a folder are looked into for the signs of a tool.
const SAMPLE: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Number,
    Chain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wrapping {
    Wrapped,
    Unwrapped,
}

/// One row of the table; the file says what each column means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    id: String,
    endings: Vec<String>,
    folders: Vec<String>,
    signs: Vec<String>,
    root: Option<String>,
    order: Order,
    #[serde(default)]
    late: Late,
    #[serde(default)]
    up: Vec<String>,
    #[serde(default)]
    down: Vec<String>,
    calls: Vec<String>,
    subject: String,
    transaction: Wrapping,
    why: String,
    #[serde(default)]
    together: bool,
    off: Option<String>,
    off_hint: Option<String>,
    emits: String,
    /// Names of the files into which it prints the schema after its migrations have run.
    #[serde(default)]
    prints: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    tool: Vec<Tool>,
    driver: Vec<drivers::Driver>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| toml::from_str(include_str!("../../data/code_migrations.toml")).unwrap_or_default())
}

/// Whether the migrations of a set are code of this tool.
pub fn is_code(set: &MigrationSet) -> bool {
    set.migrations.iter().all(|one| !one.path.to_ascii_lowercase().ends_with(".sql")) && !set.migrations.is_empty()
}

/// What a tool of migrations in code does with a file that sorts before one that has run; `None` where it is no such tool.
pub fn late(tool: &str) -> Option<Late> {
    table().tool.iter().find(|row| row.id == tool).map(|row| row.late)
}

/// Whether a tool prints this schema file after the migrations of a set in code beside it: `db/structure.sql` of `db/migrate`.
pub fn prints(set: &MigrationSet, file: &str) -> bool {
    let does = |row: &Tool| row.id == set.tool && row.prints.iter().any(|name| name == file_of(file));
    is_code(set) && table().tool.iter().any(does) && folder_of(&set.folder) == folder_of(file)
}

/// What was found among the files that are no SQL.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub sets: Vec<MigrationSet>,
    pub artifacts: Vec<Artifact>,
    /// (folder, reason): what no file says in SQL.
    pub unread: Vec<(String, String)>,
}

/// Finds the migrations that are code. `taken` are the folders of SQL migrations: code beside them is a step of theirs.
pub(super) fn find(
    listing: &Listing,
    taken: &HashSet<String>,
    read: &mut dyn FnMut(&str) -> Option<String>,
    settings: &Settings,
    servers: &[Server],
) -> Found {
    let mut found = Found::default();
    let drivers = Drivers::new(listing);
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for neighbours in listing.folders() {
        let folder = neighbours.folder();
        let tools = tools_at(folder);
        if tools.is_empty() || taken.contains(folder) {
            continue;
        }
        let ours: Vec<&str> = neighbours.files().filter(|path| may_be(path, &tools) && names::left_out(path).is_none()).collect();
        if !ours.is_empty() {
            folders.entry(folder).or_default().extend(ours);
        }
    }
    let mut groups: BTreeMap<(String, &str), (&'static Tool, Vec<&str>)> = BTreeMap::new();
    for (folder, files) in folders {
        let Some(tool) = recognise(folder, &files, read) else { continue };
        let root = tool.root.as_ref().and_then(|name| root_of(folder, name, listing)).unwrap_or(folder);
        let ours = files.into_iter().filter(|path| tool.endings.iter().any(|end| path.ends_with(&format!(".{end}"))));
        groups.entry((root.to_owned(), tool.id.as_str())).or_insert((tool, Vec::new())).1.extend(ours);
    }
    for ((root, _), (tool, files)) in groups {
        let texts: HashMap<&str, String> = files.iter().filter_map(|path| Some((*path, read(path)?))).collect();
        let order = match tool.order {
            Order::Number => by_number(&files),
            Order::Chain => by_chain(&files, &texts),
        };
        let sql: Vec<String> =
            order.iter().filter_map(|path| texts.get(path)).map(|text| literals::read(&tool.id, text).masked).collect();
        // Rails says in its schema file, and nowhere in a migration, which database it speaks to.
        let state = format!("{}/schema.rb", folder_of(&root)).trim_start_matches('/').to_owned();
        let by_state = read(&state).filter(|_| tool.id == "rails" && settings.at(&root).dialect.is_none());
        let (named, why) = match by_state {
            Some(text) => ((dialect_of_ruby(&text), None), format!("`{state}`")),
            None => dialect_of_code(&root, &sql, servers, settings, drivers.dialect(&root, read)),
        };
        let steps = order.iter().map(|path| migration(tool, path, texts.get(path).map_or("", String::as_str), settings));
        let migrations: Vec<Migration> = steps.collect();
        for path in &order {
            let evidence = format!("{}: a migration in code", tool.id);
            found.artifacts.push(Artifact { path: (*path).to_owned(), kind: Kind::Migration, evidence });
        }
        let count = migrations.len();
        let reason = format!(
            "{} migrations of {} are code: the SQL in them is read, the rest leaves the catalog open; {} prints it",
            count, tool.id, tool.emits
        );
        found.unread.push((if root.is_empty() { ".".to_owned() } else { root.clone() }, reason));
        found.sets.push(MigrationSet {
            folder: root,
            tool: tool.id.clone(),
            dialect: named.0,
            variant: named.1.clone(),
            way_out: tool.off_hint.clone(),
            evidence: vec![
                format!("tool {}: `{}` in the code", tool.id, tool.signs.first().map_or("", String::as_str)),
                format!("dialect {}: {why}", named.1.as_deref().unwrap_or(named.0.name())),
            ],
            migrations,
            together: tool.together,
            repeats: None,
            holds_lock: None,
            late_files_run: None,
            foreign_keys_off: None,
            foreign_steps: Vec::new(),
        });
    }
    found
}

fn file_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The tools that keep their migrations in a folder of this name, or in one right below it.
fn tools_at(folder: &str) -> Vec<&'static Tool> {
    static HOMES: OnceLock<HashSet<&str>> = OnceLock::new();
    let homes = HOMES.get_or_init(|| table().tool.iter().flat_map(|tool| &tool.folders).map(String::as_str).collect());
    // Most folders are no home of any.
    if !folder.rsplit('/').take(2).any(|part| homes.contains(part)) {
        return Vec::new();
    }
    let near = |tool: &&Tool| folder.rsplit('/').take(2).any(|part| tool.folders.iter().any(|name| name == part));
    table().tool.iter().filter(near).collect()
}

/// Whether a path may be a migration in code of one of the tools of its folder, before anything is read.
fn may_be(path: &str, tools: &[&Tool]) -> bool {
    let Some((stem, ending)) = file_of(path).rsplit_once('.') else { return false };
    if stem.starts_with("__")
        || stem.ends_with("_test")
        || stem.ends_with(".test")
        || stem.ends_with(".Designer")
        || stem.ends_with(".d")
    {
        return false;
    }
    tools.iter().any(|tool| tool.endings.iter().any(|one| one == ending))
}

fn recognise(folder: &str, files: &[&str], read: &mut dyn FnMut(&str) -> Option<String>) -> Option<&'static Tool> {
    let step = files.len().div_ceil(SAMPLE).max(1);
    let texts: Vec<(&str, String)> = files.iter().step_by(step).filter_map(|path| Some((*path, read(path)?))).collect();
    let parts: Vec<&str> = folder.rsplit('/').take(2).collect();
    table().tool.iter().find(|tool| {
        let home = parts.iter().any(|part| tool.folders.iter().any(|name| name == part));
        let says = |(path, text): &(&str, String)| {
            let ending = path.rsplit('.').next().unwrap_or("");
            tool.endings.iter().any(|one| one == ending) && tool.signs.iter().all(|sign| text.contains(sign.as_str()))
        };
        home && texts.iter().any(says)
    })
}

/// The nearest folder above that holds a file of this name.
fn root_of<'p>(folder: &'p str, name: &str, listing: &Listing) -> Option<&'p str> {
    let mut at = folder;
    loop {
        let path = if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
        if listing.has(&path) {
            return Some(at);
        }
        if at.is_empty() {
            return None;
        }
        at = folder_of(at);
    }
}

fn by_number<'p>(files: &[&'p str]) -> Vec<&'p str> {
    let mut order: Vec<&str> = files.iter().copied().filter(|path| !code_numbers(file_of(path)).is_empty()).collect();
    order.sort_by_key(|path| (folder_of(path), code_numbers(file_of(path)), *path));
    order
}

/// Files whose `down_revision` names another follow it; what hangs in the air comes first, by name.
fn by_chain<'p>(files: &[&'p str], texts: &HashMap<&'p str, String>) -> Vec<&'p str> {
    let value = |text: &str, key: &str| -> Vec<String> {
        let line = text.lines().find(|line| line.starts_with(key) && line.contains('='));
        let said = line.and_then(|line| line.split_once('=')).map_or("", |(_, said)| said);
        said.split(['"', '\'']).skip(1).step_by(2).map(str::to_owned).collect()
    };
    let mut todo: Vec<(&str, Vec<String>, Vec<String>)> = files
        .iter()
        .filter_map(|path| {
            let text = texts.get(path).filter(|text| text.contains("down_revision"))?;
            Some((*path, value(text, "revision"), value(text, "down_revision")))
        })
        .collect();
    todo.sort();
    let known: HashSet<String> = todo.iter().flat_map(|(_, own, _)| own.clone()).collect();
    let (mut done, mut order) = (HashSet::new(), Vec::new());
    loop {
        let (ready, rest): (Vec<_>, Vec<_>) =
            todo.into_iter().partition(|(_, _, before)| before.iter().all(|one| done.contains(one) || !known.contains(one)));
        if ready.is_empty() {
            // A ring of revisions: no order is right, and the names give one.
            order.extend(rest.into_iter().map(|(path, _, _)| path));
            return order;
        }
        for (path, own, _) in ready {
            done.extend(own);
            order.push(path);
        }
        todo = rest;
    }
}

fn migration(tool: &Tool, path: &str, text: &str, settings: &Settings) -> Migration {
    let off = tool.off.as_ref().filter(|off| text.contains(off.as_str()));
    let transaction = match (settings.transaction, off, tool.transaction) {
        (_, Some(off), _) => Transaction::Unwrapped(format!("`{off}` in the file")),
        (Some(true), ..) => Transaction::Wrapped("the configuration says so".into()),
        (Some(false), ..) => Transaction::Unwrapped("the configuration says so".into()),
        (None, None, Wrapping::Wrapped) => Transaction::Wrapped(tool.why.clone()),
        (None, None, Wrapping::Unwrapped) => Transaction::Unwrapped(tool.why.clone()),
    };
    let stem = file_of(path).rsplit_once('.').map_or(path, |(stem, _)| stem);
    let version = stem.split(['_', '-']).next().unwrap_or(stem).to_owned();
    Migration { path: path.to_owned(), version, transaction, ..Migration::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        let read: Result<Table, _> = toml::from_str(include_str!("../../data/code_migrations.toml"));
        assert!(read.as_ref().is_ok_and(|table| table.tool.len() >= 10), "{:?}", read.err());
    }

    #[test]
    fn revisions_follow_each_other() {
        let texts = HashMap::from([
            ("v/a.py", "revision = 'a1'\ndown_revision = 'c3'\n".to_owned()),
            ("v/b.py", "revision: str = \"b2\"\ndown_revision: Union[str, None] = None\n".to_owned()),
            ("v/c.py", "revision = 'c3'\ndown_revision = ('b2', 'x')\n".to_owned()),
            ("v/d.py", "# no revision\n".to_owned()),
        ]);
        assert_eq!(by_chain(&["v/a.py", "v/b.py", "v/c.py", "v/d.py"], &texts), ["v/b.py", "v/c.py", "v/a.py"]);
    }
}
