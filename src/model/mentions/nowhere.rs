//! What no text of the project names, neither at the head nor at the base: then nothing here that runs can miss it.
//!
//! Every file counts that may run or be read by what runs, whatever its ending: names are sought in any case and with or without
//! separators, also within words (`findByLegacyCode`, `ORDERS.LEGACY_CODE`). What is too large or too much to be searched may name anything.

use super::declared::undeclared;
use super::inserts::{Row, rows_without_columns};
use super::{Mentions, Wanted, ending, is_code, is_word, table, wanted};
use crate::files::{Files, in_threads};
use crate::model::schema::Schema;
use crate::model::workspace::LFS_POINTER;
use crate::model::{Pending, Settings};
use crate::source::Sources;
use aho_corasick::AhoCorasick;
use memchr::memmem;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Larger files are not searched, in bytes: they hold data as a rule.
const LARGEST: u64 = 4 << 20;

/// So much is searched in all, in bytes.
const MOST_BYTES: u64 = 128 << 20;

/// So many files are searched.
const MOST_FILES: usize = 20_000;

/// The two revisions that are searched.
pub struct Trees<'t> {
    /// The files as they are now.
    pub head: &'t dyn Files,
    /// The files as they were.
    pub base: &'t dyn Files,
    /// Whether both have the same file at a path.
    pub unchanged: &'t dyn Fn(&str) -> bool,
    /// The files of migrations, which the schema tells.
    pub migrations: &'t BTreeSet<&'t str>,
}

impl Mentions {
    /// The same, knowing what neither tree names.
    pub fn against(&self, trees: &Trees, schema: &Schema, sources: &Sources, settings: &Settings) -> Mentions {
        let wanted = if matches!(settings.pending, Pending::Changed(_)) { wanted(schema) } else { Vec::new() };
        match Search::new(&wanted).filter(|_| !wanted.is_empty()) {
            Some(search) => Mentions { nowhere: search.over(trees, schema, sources, settings.threads), ..self.clone() },
            None => self.clone(),
        }
    }
}

/// Many words that are sought at once.
struct Finder {
    automaton: AhoCorasick,
    /// The numbers of what each word stands for.
    of: Vec<Vec<usize>>,
}

impl Finder {
    fn new<'n>(lists: impl Iterator<Item = &'n [String]>) -> Option<Finder> {
        let mut all: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (number, list) in lists.enumerate() {
            list.iter().filter(|name| !name.is_empty()).for_each(|name| all.entry(name).or_default().push(number));
        }
        Some(Finder { automaton: AhoCorasick::new(all.keys()).ok()?, of: all.into_values().collect() })
    }

    /// What is found in a text: its numbers, first byte, one past the last.
    fn hits<'f>(&'f self, text: &'f [u8]) -> impl Iterator<Item = (&'f [usize], usize, usize)> {
        let hits = self.automaton.find_overlapping_iter(text);
        hits.filter_map(|hit| Some((self.of.get(hit.pattern().as_usize())?.as_slice(), hit.start(), hit.end())))
    }
}

/// What is known of one thing that is sought.
#[derive(Default)]
struct Seen {
    /// Whether something names it, or may.
    named: AtomicBool,
    /// Whether code works with the same database.
    beside: AtomicBool,
}

struct Search<'w> {
    wanted: &'w [Wanted],
    names: Finder,
    beside: Finder,
    seen: Vec<Seen>,
    /// How much was read, in bytes.
    read: AtomicU64,
}

impl<'w> Search<'w> {
    fn new(wanted: &'w [Wanted]) -> Option<Search<'w>> {
        Some(Search {
            wanted,
            names: Finder::new(wanted.iter().map(|one| one.names.as_slice()))?,
            beside: Finder::new(wanted.iter().map(|one| one.beside.as_slice()))?,
            seen: wanted.iter().map(|one| Seen { named: AtomicBool::new(one.is_unsaid), ..Seen::default() }).collect(),
            read: AtomicU64::new(0),
        })
    }

    /// The subjects of what is named nowhere.
    fn over(self, trees: &Trees, schema: &Schema, sources: &Sources, threads: usize) -> BTreeSet<String> {
        let all = |files: &dyn Files| {
            let listing = files.list();
            let may = listing.iter().filter(|path| may_name(path) && !trees.migrations.contains(path));
            may.map(str::to_owned).collect::<Vec<String>>()
        };
        let (now, mut before) = (all(trees.head), all(trees.base));
        before.retain(|path| !(trees.unchanged)(path));
        // A submodule may hold anything.
        let unseen = trees.head.refused().iter().any(|(path, _)| may_name(path));
        if unseen || now.len() + before.len() > MOST_FILES {
            return BTreeSet::new();
        }
        // Migrations are not searched, and what they leave behind in the database runs.
        for database in &schema.databases {
            let functions = database.objects.functions.iter().map(|one| one.span);
            let triggers = database.tables.iter().flat_map(|table| &table.triggers).map(|one| one.span);
            functions.chain(triggers).for_each(|span| self.look_at(sources.text(span).as_bytes(), false));
        }
        in_threads(threads, &now, |path| self.look(trees.head, path));
        in_threads(threads, &before, |path| self.look(trees.base, path));
        let all = self.wanted.iter().zip(self.seen);
        let nowhere = all.filter(|(_, seen)| seen.beside.load(Ordering::Relaxed) && !seen.named.load(Ordering::Relaxed));
        nowhere.map(|(one, _)| one.subject.clone()).collect()
    }

    fn look(&self, files: &dyn Files, path: &str) {
        if self.seen.iter().all(|seen| seen.named.load(Ordering::Relaxed)) {
            return;
        }
        // What cannot be read may name anything, and so may what stands elsewhere.
        let bytes = files.read_up_to(path, LARGEST).ok().filter(|bytes| !bytes.starts_with(LFS_POINTER)).filter(|bytes| {
            let length = bytes.len() as u64;
            self.read.fetch_add(length, Ordering::Relaxed) + length <= MOST_BYTES
        });
        match bytes {
            Some(bytes) => self.look_at(&bytes, is_code(path)),
            None => self.seen.iter().for_each(|seen| seen.named.store(true, Ordering::Relaxed)),
        }
    }

    fn look_at(&self, bytes: &[u8], is_code: bool) {
        let text = undeclared(bytes);
        let seen = |numbers: &[usize], what: fn(&Seen) -> &AtomicBool| {
            let of_it = numbers.iter().filter_map(|number| self.seen.get(*number));
            of_it.for_each(|seen| what(seen).store(true, Ordering::Relaxed));
        };
        self.names.hits(&folded(&text)).for_each(|(numbers, ..)| seen(numbers, |one| &one.named));
        let writes_all = table().writing_words.iter().any(|word| memmem::find(&text, word.as_bytes()).is_some());
        for row in rows_without_columns(&text).chain(writes_all.then_some(Row::Anywhere)) {
            for (one, seen) in self.wanted.iter().zip(&self.seen) {
                let is_its = |table: &String| matches!(&row, Row::Anywhere) || matches!(&row, Row::Of(name) if name == table);
                if one.column_of.as_ref().is_some_and(is_its) {
                    seen.named.store(true, Ordering::Relaxed);
                }
            }
        }
        if is_code {
            let words = self.beside.hits(&text).filter(|(_, start, end)| is_word(&text, *start, *end));
            words.for_each(|(numbers, ..)| seen(numbers, |one| &one.beside));
        }
    }
}

/// A text in lower case and without what separates the words of a name, or the halves of a character of UTF-16.
pub(super) fn folded(text: &[u8]) -> Vec<u8> {
    let mut folded = Vec::with_capacity(text.len());
    folded.extend(text.iter().filter(|byte| !matches!(byte, b'_' | b'-' | 0)).map(u8::to_ascii_lowercase));
    folded
}

/// Whether a file may name a column or a table for something that runs.
fn may_name(path: &str) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let table = table();
    !table.no_text.iter().any(|one| one.eq_ignore_ascii_case(ending(path)))
        && !folders.split('/').any(|folder| table.never_run.iter().any(|one| one == folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Memory;

    fn wanted() -> Vec<Wanted> {
        vec![Wanted {
            subject: "public.orders.legacy_code".into(),
            names: vec!["legacycode".into()],
            column_of: Some("orders".into()),
            beside: vec!["orders".into()],
            ..Wanted::default()
        }]
    }

    fn is_nowhere(files: &[(&str, &[u8])]) -> bool {
        let (wanted, mut head) = (wanted(), Memory::new());
        head.insert("src/orders.go", "const all = \"SELECT id FROM orders\"");
        files.iter().for_each(|(path, bytes)| head.insert(*path, *bytes));
        let trees = Trees { head: &head, base: &Memory::new(), unchanged: &|_| false, migrations: &BTreeSet::new() };
        let search = Search::new(&wanted).unwrap();
        search.over(&trees, &Schema::default(), &Sources::default(), 2)
            == BTreeSet::from(["public.orders.legacy_code".to_owned()])
    }

    #[test]
    fn names_are_found_in_any_text_and_spelling() {
        assert!(is_nowhere(&[("a.md", b"legacy codes, and code that is legacy"), ("tests/a.go", b"legacy_code")]));
        let wide: Vec<u8> = "SELECT legacy_code".bytes().flat_map(|byte| [byte, 0]).collect();
        for text in [&b"x.getLegacyCode()"[..], b"ORDERS.LEGACY_CODE", b"find_by_legacy_code", b"legacy-code:", &wide] {
            assert!(!is_nowhere(&[("bin/report", text)]), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn what_is_not_searched_may_name_anything() {
        let large = vec![b' '; LARGEST as usize + 1];
        assert!(!is_nowhere(&[("data/a.json", &large)]));
        assert!(is_nowhere(&[("logo.PNG", &large)]));
        let most = vec![b' '; LARGEST as usize];
        let paths: Vec<String> = (0..=MOST_BYTES / LARGEST).map(|number| format!("data/{number}.json")).collect();
        let some: Vec<(&str, &[u8])> = paths.iter().map(|path| (path.as_str(), most.as_slice())).collect();
        assert!(!is_nowhere(&some));
        assert!(!is_nowhere(&[("a.bin", &[LFS_POINTER, b"v1"].concat())]));
    }
}
