//! Where the application's own code names what a pending migration takes away. No code is parsed: a name is found as a word, and one that
//! other tables have too, or that says little, only near the name of its table.
//!
//! Costs nothing where nothing is dropped or renamed, and nothing where every migration is judged: code of today says nothing
//! about a drop of years ago.

mod declared;
mod inserts;
mod nowhere;

pub use nowhere::Trees;

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

    /// Whether no text of the project names this, neither at the head nor at the base, although the code names the table of the column,
    /// or other tables beside this one: nothing here that runs can miss it. Never so where there is no base, where what there is could not
    /// all be searched, and where something writes whole rows of the table.
    pub fn is_nowhere(&self, subject: &str) -> bool {
        self.nowhere.contains(subject)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    endings: Vec<String>,
    /// Endings of files that hold no text.
    no_text: Vec<String>,
    /// Folders of which nothing runs.
    never_run: Vec<String>,
    /// Folders that hold what tools wrote.
    written: Vec<String>,
    /// Macros whose brackets say what there is, and ask for nothing.
    declaring_macros: Vec<String>,
    /// Words at which a part of a file begins that does so, up to a line `end`.
    declaring_blocks: Vec<String>,
    /// Words of code that names every column of its tables by itself.
    writing_words: Vec<String>,
    /// Columns that frameworks read and write without their names.
    unsaid: Vec<String>,
    /// Endings of columns that frameworks add to what code says.
    unsaid_endings: Vec<String>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| toml::from_str(include_str!("../../data/source_code.toml")).unwrap_or_default())
}

/// What is searched for.
#[derive(Debug, Default)]
struct Wanted {
    subject: String,
    /// The column in the spellings of other languages, or the table as it is called in SQL.
    spellings: Vec<String>,
    /// What has to stand near it, the table or a word of SQL; empty where the name says by itself what it is.
    companions: Vec<String>,
    /// How near, in bytes.
    near: usize,
    /// What it may be called at all, in lower case and without separators.
    names: Vec<String>,
    /// The table of a column, likewise.
    column_of: Option<String>,
    /// Whether frameworks use it without its name.
    is_unsaid: bool,
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
        .scan(&paths, |bytes| if bytes.len() <= LARGEST { places(&declared::undeclared(bytes), &wanted) } else { Vec::new() });
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
        wanted.push(Wanted {
            subject,
            spellings: spellings(column).collect(),
            companions,
            near: NEAR,
            names: names_of_column(column),
            is_unsaid: table().unsaid.contains(&words::snake(column)),
            column_of: Some(folded(&before.name.name)),
            beside: tables(),
        });
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
            wanted.push(Wanted {
                subject,
                spellings: vec![name.name.to_string()],
                companions,
                near: BESIDE,
                names: names_of_table(schema, &name.name),
                is_unsaid: joins_two(schema, &name.name),
                column_of: None,
                beside: others(schema, &step, &name.name),
            });
        }
    }
    wanted
}

/// What a column may be called, folded; a reference also by what it leads to (`belongs_to :customer`).
fn names_of_column(column: &str) -> Vec<String> {
    let snake = words::snake(column);
    let stems = table().unsaid_endings.iter().filter_map(|end| snake.strip_suffix(end.as_str())).map(folded);
    stems.chain([folded(column)]).collect()
}

/// What a table may be called, folded: its name, and that of one row, with and without what marks tables, or most tables of all.
fn names_of_table(schema: &Schema, name: &str) -> Vec<String> {
    let snake = words::snake(name);
    let prefixed = snake.split_once('_').filter(|(prefix, _)| {
        let others: Vec<String> =
            schema.tables().filter(|table| table.name.name != *name).map(|table| words::snake(&table.name.name)).collect();
        let alike = others.iter().filter(|other| other.split_once('_').is_some_and(|(own, _)| own == *prefix)).count();
        alike > 0 && alike * 2 >= others.len()
    });
    let all = [snake.as_str(), words::without_table_mark(&snake)].into_iter().chain(prefixed.map(|(_, rest)| rest));
    all.flat_map(|name| [folded(name), folded(&words::noun(name))]).chain([folded(name)]).collect()
}

/// Whether a table is called after two others, as mappers call what joins them without a word in code: `orders_products`.
fn joins_two(schema: &Schema, name: &str) -> bool {
    let nouns: BTreeSet<String> = schema.tables().map(|table| words::noun(&words::snake(&table.name.name))).collect();
    let snake = words::snake(name);
    let is_noun = |part: Option<&str>| part.is_some_and(|part| nouns.contains(&words::noun(part)));
    snake.match_indices('_').any(|(at, _)| is_noun(snake.get(..at)) && is_noun(snake.get(at + 1..)))
}

/// A name in lower case and without separators.
fn folded(name: &str) -> String {
    String::from_utf8_lossy(&nowhere::folded(name.as_bytes())).into_owned()
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
    table().endings.iter().any(|one| one == ending(path)) && is_own(path)
}

/// What stands behind the last point of the name of a file; empty where there is none.
fn ending(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// Whether a file is the application's own, whatever it holds: no test, nothing generated or vendored.
pub(super) fn is_own(path: &str) -> bool {
    !is_test(path) && !is_below(path, table().never_run.iter().chain(&table().written))
}

/// Whether something in a file may run in production, whatever it holds: it is neither a test, nor vendored, nor a migration.
pub(super) fn may_run(path: &str) -> bool {
    !is_test(path) && !is_below(path, &table().never_run)
}

fn is_test(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.ends_with("_test") || stem.ends_with(".test") || stem.ends_with(".spec") || stem.starts_with("test_")
}

/// Whether a folder above a file has one of these names.
fn is_below<'n>(path: &str, names: impl IntoIterator<Item = &'n String> + Clone) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.split('/').any(|folder| names.clone().into_iter().any(|one| one == folder))
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
    let (length, finder) = (name.len(), memmem::Finder::new(name.as_bytes()).into_owned());
    let mut from = 0;
    let places = std::iter::from_fn(move || {
        let at = from + finder.find(bytes.get(from..)?)?;
        from = at + length.max(1);
        Some(at)
    });
    places.filter(move |at| is_word(bytes, *at, at + length))
}

/// Whether a part of a text is no part of a longer word.
fn is_word(bytes: &[u8], start: usize, end: usize) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
    !is_part(start.checked_sub(1).and_then(|at| bytes.get(at))) && !is_part(bytes.get(end))
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
            ..Wanted::default()
        };
        let far = format!("orders{}note", " ".repeat(NEAR * 2));
        assert!(places(far.as_bytes(), &[one(&["orders"])]).is_empty());
        assert_eq!(places(b"SELECT note FROM orders", &[one(&["orders"])]), [(0, 7, 11)]);
        assert_eq!(places(far.as_bytes(), &[one(&[])]).len(), 1);
    }
}
