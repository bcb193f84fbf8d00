//! Where the application's own code names what a pending migration takes away. No code is parsed: a name is found as a word, and one that
//! other tables have too, or that says little, only near the name of its table.
//!
//! Costs nothing where nothing is dropped or renamed, and nothing where every migration is judged: code of today says nothing
//! about a drop of years ago.

mod nowhere;

use super::schema::PendingStep;
use super::schema::Schema;
use super::schema::pending::Audience;
use super::{Pending, Settings, Workspace, words};
use crate::source::Span;
use memchr::memmem;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Larger files are no code that people write.
const LARGEST: usize = 1 << 20;

/// So many names are searched for; a migration that drops more is judged by other means.
const MOST_NAMES: usize = 50;

/// So many places are kept for each name.
const MOST_PLACES: usize = 5;

/// How far from the name of its table a column may stand, in bytes.
const NEAR: usize = 600;

/// How far from a word of SQL a table may stand, in bytes.
const BESIDE: usize = 24;

/// Words beside which a plain word is the name of a table.
const SQL_WORDS: &[&str] =
    &["FROM", "from", "INTO", "into", "JOIN", "join", "UPDATE", "update", "TABLE", "table", "__tablename__"];

/// So many other tables of a database are looked for.
const MOST_OTHERS: usize = 8;

/// A name of at least so many bytes, of several words, says by itself what it is.
const TELLING: usize = 8;

/// Places in the application's code, by what they name.
#[derive(Debug, Clone, Default)]
pub struct Mentions {
    places: BTreeMap<String, Vec<Span>>,
    nowhere: BTreeSet<String>,
}

impl Mentions {
    /// The places that may name a column or a table which a pending migration takes away, by its subject (`public.orders.note`,
    /// `public.orders`), in order of path. Whether each is that is not known.
    pub fn of(&self, subject: &str) -> &[Span] {
        self.places.get(subject).map_or(&[], Vec::as_slice)
    }

    /// Whether the code names this neither at the head nor at the base, although it names the table of the column, or other tables
    /// beside this one: nothing that runs can miss it. Never so where there is no base.
    pub fn is_nowhere(&self, subject: &str) -> bool {
        self.nowhere.contains(subject)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    endings: Vec<String>,
    skipped: Vec<String>,
    /// Endings of further files that may name a column or a table.
    also_naming: Vec<String>,
    /// Folders of which nothing runs.
    never_run: Vec<String>,
    /// What a file holds that says what there is, and asks for nothing.
    declares: Vec<String>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| toml::from_str(include_str!("../../data/source_code.toml")).unwrap_or_default())
}

/// What is searched for.
struct Wanted {
    subject: String,
    /// The column in the spellings of other languages, or the table as it is called in SQL.
    spellings: Vec<String>,
    /// What has to stand near it, the table or a word of SQL; empty where the name says by itself what it is.
    companions: Vec<String>,
    /// How near, in bytes.
    near: usize,
    /// What it may be called at all.
    names: Vec<String>,
    /// What code is called by that works with the same database.
    beside: Vec<String>,
}

/// Searches the application's code.
pub fn read(workspace: &mut Workspace, schema: &Schema, settings: &Settings) -> Mentions {
    let wanted = if matches!(settings.pending, Pending::Changed(_)) { wanted(schema) } else { Vec::new() };
    if wanted.is_empty() {
        return Mentions::default();
    }
    let paths: Vec<String> = workspace.paths().iter().filter(|path| is_code(path)).map(str::to_owned).collect();
    let found = workspace
        .scan(&paths, |bytes| if bytes.len() <= LARGEST && !declares(bytes) { places(bytes, &wanted) } else { Vec::new() });
    let mut mentions = Mentions::default();
    for (path, hits) in paths.iter().zip(found).filter(|(_, hits)| !hits.is_empty()) {
        // What is not UTF-8 is no code that is shown.
        let Ok(source) = workspace.source(path) else { continue };
        for (number, start, end) in hits {
            let Some(one) = wanted.get(number) else { continue };
            let held = mentions.places.entry(one.subject.clone()).or_default();
            if held.len() < MOST_PLACES {
                held.push(Span::new(source, start, end));
            }
        }
    }
    mentions
}

fn wanted(schema: &Schema) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for step in schema.pending_steps().filter(|step| step.column_audience() == Audience::Everybody) {
        let gone = step.dropped_column().or_else(|| step.renamed_column().map(|(from, _)| from));
        let (Some(column), Some(before)) = (gone, step.before()) else { continue };
        let subject = step.subject(Some(column));
        if wanted.len() >= MOST_NAMES || wanted.iter().any(|one| one.subject == subject) {
            continue;
        }
        let is_alone = schema.tables().filter(|table| table.column(column).is_some()).all(|table| table.name == before.name);
        let noun = words::noun(&before.name.name);
        let tables = || spellings(&before.name.name).chain(spellings(&noun)).collect();
        let companions = if is_alone && is_telling(column) { Vec::new() } else { tables() };
        let names: Vec<String> = spellings(column).collect();
        wanted.push(Wanted { subject, spellings: names.clone(), companions, near: NEAR, names, beside: tables() });
    }
    for step in schema.pending_steps() {
        let lost = step.lost_tables().into_iter().map(|lost| lost.name);
        let renamed = step.renamed_table().and_then(|_| step.before()).map(|before| before.name.clone());
        for name in lost.chain(renamed).filter(|name| step.audience_of(name) == Audience::Everybody) {
            let subject = name.to_string();
            if wanted.len() >= MOST_NAMES || wanted.iter().any(|one| one.subject == subject) {
                continue;
            }
            let of_sql = || SQL_WORDS.iter().map(|word| (*word).to_owned()).collect();
            let companions = if is_telling(&name.name) { Vec::new() } else { of_sql() };
            let names = spellings(&name.name).chain(spellings(&words::noun(&name.name))).collect();
            let beside = others(schema, &step, &name.name);
            wanted.push(Wanted { subject, spellings: vec![name.name.into()], companions, near: BESIDE, names, beside });
        }
    }
    wanted
}

/// The names of some other tables of the database of a step: those that say by themselves what they are.
fn others(schema: &Schema, step: &PendingStep, name: &str) -> Vec<String> {
    let tables = schema.tables().filter(|table| table.database().source == step.database_source() && table.name.name != name);
    let telling = tables.map(|table| table.table().name.name.as_str()).filter(|name| is_telling(name));
    telling.take(MOST_OTHERS).flat_map(spellings).collect()
}

/// Whether a name is long enough, and of several words, to say by itself what it is.
pub(super) fn is_telling(name: &str) -> bool {
    name.len() >= TELLING && words::snake(name).contains('_')
}

/// A name as it is written, in snake case, and in both camel cases.
pub(super) fn spellings(name: &str) -> impl Iterator<Item = String> + use<> {
    let snake = words::snake(name);
    let pascal: String = snake
        .split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<Vec<_>>()
        })
        .collect();
    let mut letters = pascal.chars();
    let camel: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
    BTreeSet::from([name.to_owned(), snake, pascal, camel]).into_iter().filter(|one| !one.is_empty())
}

/// Whether a file is code of the application itself: no test, nothing generated or vendored.
pub(crate) fn is_code(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    table().endings.iter().any(|one| one == ending) && is_own(path)
}

/// Whether a file is the application's own, whatever it holds: no test, nothing generated or vendored.
pub(super) fn is_own(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let is_test = stem.ends_with("_test") || stem.ends_with(".test") || stem.ends_with(".spec") || stem.starts_with("test_");
    !is_test && !folders.split('/').any(|folder| table().skipped.iter().any(|one| one == folder))
}

/// Whether a file only says what there is, and asks for nothing.
fn declares(bytes: &[u8]) -> bool {
    table().declares.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some())
}

/// The places in one file: number of what is wanted, first byte, one past the last.
fn places(bytes: &[u8], wanted: &[Wanted]) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    for (number, one) in wanted.iter().enumerate() {
        let beside: Vec<usize> = one.companions.iter().flat_map(|name| as_word(bytes, name)).collect();
        let is_near = |at: usize| one.companions.is_empty() || beside.iter().any(|other| other.abs_diff(at) <= one.near);
        let hits = one.spellings.iter().flat_map(|name| as_word(bytes, name).map(|at| (at, at + name.len())));
        found.extend(hits.filter(|(at, _)| is_near(*at)).map(|(start, end)| (number, start, end)));
    }
    found.sort_unstable();
    found.truncate(MOST_PLACES * MOST_NAMES);
    found
}

/// Where a name stands as a word of its own.
pub(super) fn as_word<'b>(bytes: &'b [u8], name: &str) -> impl Iterator<Item = usize> + use<'b> {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
    let (length, finder) = (name.len(), memmem::Finder::new(name.as_bytes()).into_owned());
    let mut from = 0;
    let places = std::iter::from_fn(move || {
        let at = from + finder.find(bytes.get(from..)?)?;
        from = at + length.max(1);
        Some(at)
    });
    places.filter(move |at| !is_part(at.checked_sub(1).and_then(|at| bytes.get(at))) && !is_part(bytes.get(at + length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_words_in_every_spelling() {
        assert!(toml::from_str::<Table>(include_str!("../../data/source_code.toml")).is_ok());
        let all: Vec<String> = spellings("customer_note").collect();
        assert_eq!(all, ["CustomerNote", "customerNote", "customer_note"]);
        assert_eq!(as_word(b"note notes a_note note", "note").collect::<Vec<_>>(), [0, 18]);
        assert!(is_code("internal/store/orders.go") && !is_code("internal/store/orders_test.go"));
        assert!(!is_code("vendor/x/y.go") && !is_code("docs/orders.md"));
    }

    #[test]
    fn what_other_tables_have_counts_near_its_table_alone() {
        let one = |tables: &[&str]| Wanted {
            subject: "public.orders.note".into(),
            spellings: vec!["note".into()],
            companions: tables.iter().map(|name| (*name).to_owned()).collect(),
            near: NEAR,
            names: Vec::new(),
            beside: Vec::new(),
        };
        let far = format!("orders{}note", " ".repeat(NEAR * 2));
        assert!(places(far.as_bytes(), &[one(&["orders"])]).is_empty());
        assert_eq!(places(b"SELECT note FROM orders", &[one(&["orders"])]), [(0, 7, 11)]);
        assert_eq!(places(far.as_bytes(), &[one(&[])]).len(), 1);
    }
}
