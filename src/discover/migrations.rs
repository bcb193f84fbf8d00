//! Which `.sql` files are migrations of which tool, in which order; which state a schema; which are queries.
//!
//! Folders first: one is a set of migrations when its names carry versions and something says so (a marker file, a marker
//! in a file, the names themselves). What is left is judged file by file. The conventions are `data/migration_tools.toml`.

mod conventions;
mod dialect;
mod elsewhere;
mod file_name;
mod flyway;
mod folders;
mod ignored;
mod liquibase;
mod loose;
mod nested;
mod sections;
mod sets;
mod sqitch;
mod sqlite_in_go;
mod steps;
mod tools;

pub use conventions::{Edited, Late, edited, forward, is_read_by, late};

use super::servers::Server;
use super::{Artifact, Migration, MigrationSet, Transaction, names};
use crate::files::Listing;
use crate::model::Settings;
use crate::sql::Dialect;
use folders::split;

/// What was found among the `.sql` files.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Migrations by database, sorted by folder and dialect.
    pub sets: Vec<MigrationSet>,
    /// Every file that counts, sorted.
    pub artifacts: Vec<Artifact>,
    /// Files that fill tables, sorted; they are left out too.
    pub seeds: Vec<String>,
    /// Names of the tables of a store whose SQL is not read, sorted.
    pub elsewhere: Vec<String>,
    /// Left out: (path, reason), sorted.
    pub skipped: Vec<(String, String)>,
    /// Counts but cannot be read: (path, reason), sorted.
    pub unread: Vec<(String, String)>,
}

/// How many files of a set are looked into for markers and for the vote about the dialect.
const SAMPLE: usize = 16;

/// Reads a file's text; `None` where it cannot be decoded.
pub(super) type Read<'a> = &'a mut dyn FnMut(&str) -> Option<String>;

/// Says what each `.sql` file is. `listing` has all files of the tree, since other files are evidence too.
pub fn find(listing: &Listing, read: &mut dyn FnMut(&str) -> Option<String>, settings: &Settings) -> Found {
    let mut found = Found::default();
    let mut paths = Vec::new();
    let is_sql =
        |path: &str| path.len().checked_sub(4).and_then(|at| path.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(".sql"));
    for path in listing.apart_from_code().filter(|path| is_sql(path)) {
        match names::left_out(path) {
            Some(reason) => found.skipped.push((path.to_owned(), reason)),
            None => paths.push(path),
        }
    }
    let surroundings = folders::Surroundings::new(listing);
    let mut planned = sqitch::find(listing, &surroundings, read, settings, &mut found);
    paths.retain(|path| !planned.contains(*path));
    planned = liquibase::find(&paths, (listing, &surroundings), read, settings, &mut found);
    paths.retain(|path| !planned.contains(*path));
    let (groups, mut loose) = folders::group(&paths, read);
    for group in nested::merge(groups) {
        match sets::build(&group, &surroundings, read, settings) {
            sets::Built::Sets(sets, artifacts, left_out) => {
                found.sets.extend(sets);
                found.artifacts.extend(artifacts);
                found.skipped.extend(left_out);
            }
            sets::Built::NotRead(reason) => found.unread.push((group.name().to_owned(), reason)),
            sets::Built::OtherStore(reason) => {
                let texts = group.paths().filter_map(|path| read(&path));
                found.elsewhere.extend(texts.flat_map(|text| elsewhere::tables(&text)));
                found.unread.push((group.name().to_owned(), reason));
            }
            sets::Built::NoMigrations => loose.extend(group.paths()),
        }
        loose.extend(group.strangers.iter().map(|path| (*path).to_owned()));
    }
    flyway::settle(&mut found.sets, listing, read);
    sqlite_in_go::settle(&mut found.sets, listing, read);
    loose::judge(loose, read, settings, &mut found);
    found.sets.sort_by(|a, b| (&a.folder, a.dialect, &a.variant).cmp(&(&b.folder, b.dialect, &b.variant)));
    found.artifacts.sort();
    found.artifacts.dedup();
    found.skipped.sort();
    found.seeds.sort();
    found.elsewhere.sort();
    found.elsewhere.dedup();
    found.unread.sort();
    found
}

/// The dialect of a file that belongs to no set (a schema, queries), with its relative where it has one.
pub fn dialect_of(path: &str, text: &str, settings: &Settings) -> (Dialect, Option<String>) {
    dialect::of_file(path, text, settings).named
}

/// The same where something says it: a name, the configuration, words that no other dialect has.
pub fn dialect_said(path: &str, text: &str, settings: &Settings) -> Option<Dialect> {
    dialect::said_of_file(path, text, settings).map(|verdict| verdict.named.0)
}

/// Whether a migration tool runs what a transaction forbids outside of one by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TakesOut {
    /// It does not.
    #[default]
    No,
    /// Only where the migration holds nothing else.
    Alone,
    /// Newer versions do.
    Newer,
    /// It does.
    Yes,
}

/// Whether a tool runs what a transaction forbids outside of one by itself.
pub fn takes_out(tool: &str) -> TakesOut {
    tools::table().tool.iter().find(|row| row.id == tool).map(|row| row.takes_out).unwrap_or_default()
}

/// The ids of the migration tools that are known, in the order of the table, each once.
pub fn tools() -> impl Iterator<Item = &'static str> {
    let rows = &tools::table().tool;
    let is_first = |(at, tool): &(usize, &'static tools::Tool)| rows.iter().position(|row| row.id == tool.id) == Some(*at);
    rows.iter().enumerate().filter(is_first).map(|(_, tool)| tool.id.as_str())
}

/// The numbers at the head of the name of a migration in code.
pub(super) fn code_numbers(name: &str) -> Vec<u128> {
    file_name::code_numbers(name)
}

/// The dialect of migrations in code, with its relative, and why we think so; `driver` is what the project depends on.
pub(super) fn dialect_of_code(
    root: &str,
    sql: &[String],
    servers: &[Server],
    settings: &Settings,
    driver: Option<(Dialect, String)>,
) -> ((Dialect, Option<String>), String) {
    let texts: Vec<&str> = sql.iter().map(String::as_str).collect();
    let verdict = dialect::of_code(root, &texts, (servers, driver), settings);
    (verdict.named, verdict.why)
}

/// A set of the files that `[[artifact]]` calls migrations and that are in no other: by name, of a tool that nobody names.
pub(super) fn declared_set(folder: &str, mut paths: Vec<String>, read: Read, settings: &Settings) -> MigrationSet {
    paths.sort();
    let texts: Vec<String> = paths.iter().take(SAMPLE).filter_map(|path| read(path)).collect();
    let settings = settings.at(folder);
    let (named, why) = dialect_of_code(folder, &texts, &[], &settings, None);
    let transaction = match settings.transaction {
        Some(true) => Transaction::Wrapped("the configuration says so".into()),
        Some(false) => Transaction::Unwrapped("the configuration says so".into()),
        None => Transaction::Unknown("the migration tool is not known".into()),
    };
    let step = |path: String| {
        let version = split(&path).1.trim_end_matches(".sql").to_owned();
        Migration { path, version, transaction: transaction.clone(), ..Migration::default() }
    };
    MigrationSet {
        folder: folder.to_owned(),
        tool: "unknown".into(),
        dialect: named.0,
        variant: named.1,
        way_out: None,
        evidence: vec![
            "the configuration names the files".into(),
            format!("dialect {}: {why}", named.0.name()),
            "order by name".into(),
        ],
        migrations: paths.into_iter().map(step).collect(),
        together: false,
        repeats: None,
        holds_lock: None,
        late_files_run: None,
        foreign_keys_off: None,
        foreign_steps: Vec::new(),
    }
}

/// The dialect that a word stands for, with its relative.
pub(super) fn dialect_word(word: &str) -> Option<(Dialect, Option<String>)> {
    tools::table().dialect(word)
}

/// The product whose server an image is, by the last segment of its name.
pub(super) fn server_product(image: &str) -> Option<&'static str> {
    let mut products = tools::table().server_images.iter();
    products.find(|(_, images)| images.iter().any(|one| one == image)).map(|(product, _)| product.as_str())
}

/// How a migration of a tool is kept out of a transaction, as its row says.
fn way_out(tool: &str) -> Option<String> {
    tools::table().tool.iter().find(|row| row.id == tool)?.off_hint.clone()
}

/// What a tool does about transactions by itself, for tools whose files we read with code of our own.
fn convention(tool: &str) -> Transaction {
    let Some(row) = tools::table().tool.iter().find(|row| row.id == tool) else {
        return Transaction::Unknown("the migration tool is not known".into());
    };
    match row.transaction {
        tools::Wrapping::Wrapped => Transaction::Wrapped(row.why.clone()),
        tools::Wrapping::Implicit => Transaction::Implicit(row.why.clone()),
        tools::Wrapping::Unwrapped => Transaction::Unwrapped(row.why.clone()),
    }
}
