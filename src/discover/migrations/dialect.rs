//! Which SQL a set of files is written in, and why we think so.

use super::tools::{Named, table};
use crate::discover::servers::Server;
use crate::discover::stated;
use crate::model::Settings;
use crate::sql::Dialect;
use std::collections::HashSet;
use std::sync::OnceLock;

/// How many times as many words another dialect may have where the driver of the project decides all the same.
const NEARLY: usize = 2;

/// A dialect with its relative and the evidence, in one line.
#[derive(Debug, Clone)]
pub(super) struct Verdict {
    pub named: Named,
    pub why: String,
}

/// What the names of a folder and those above it say, the nearest first.
pub(super) fn by_folder(folder: &str) -> Option<Verdict> {
    folder.rsplit('/').find_map(|segment| {
        let words = segment.split(|c: char| !c.is_ascii_alphanumeric());
        let mut found: Vec<Named> = words.filter_map(|word| table().dialect(word)).collect();
        found.dedup();
        match found.len() {
            1 => Some(Verdict { named: found.remove(0), why: format!("the folder `{segment}`") }),
            _ => None,
        }
    })
}

/// The dialect in the path that is recognised and not read: `h2`, `oracle`.
pub(super) fn not_read(path: &str) -> Option<&str> {
    let segments = path.rsplit('/');
    let mut words = segments.flat_map(|segment| segment.split(|c: char| !c.is_ascii_alphanumeric()));
    words.find(|word| table().is_not_read(word))
}

/// What a file beside the migrations says: `provider = "postgresql"`, `"dialect": "mysql"`.
pub(super) fn by_hint(path: &str, text: &str) -> Option<Verdict> {
    let at = ["provider", "dialect"].iter().find_map(|key| text.find(key).map(|at| at + key.len()))?;
    let word = text.get(at..)?.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| !word.is_empty())?;
    Some(Verdict { named: table().dialect(word)?, why: format!("`{path}` says {word}") })
}

/// The dialect whose own words the texts hold most; PostgreSQL where they hold none.
pub(super) fn by_vote(texts: &[&str]) -> Verdict {
    voted(texts).unwrap_or_else(usual)
}

/// What is taken where nothing says which dialect.
pub(super) fn usual() -> Verdict {
    Verdict { named: (Dialect::Postgres, None), why: "nothing says which dialect; taken for postgres".into() }
}

/// The dialect whose own words the texts hold most; `None` where they hold none.
pub(super) fn voted(texts: &[&str]) -> Option<Verdict> {
    let best = votes(texts).into_iter().filter(|(_, count)| *count > 0);
    let (dialect, count) = best.max_by_key(|(dialect, count)| (*count, *dialect == Dialect::Postgres))?;
    Some(Verdict { named: (dialect, None), why: format!("the words of the files ({count} for {})", dialect.name()) })
}

/// The same, where the project has a driver of one database: it decides where the texts hold nearly as many words of that one, since
/// dialects borrow from each other (backticks, `tinyint`), and nothing that it refuses. What looks like MySQL's alone SQLite reads as well.
pub(super) fn voted_with(texts: &[&str], driver: Option<Verdict>) -> Option<Verdict> {
    let said = voted(texts);
    let (Some(driver), Some(best)) = (&driver, &said) else { return said.or(driver) };
    let (wanted, likely) = (driver.named.0, best.named.0);
    let votes = votes(texts);
    let count = |dialect: Dialect| votes.iter().find(|(known, _)| *known == dialect).map_or(0, |(_, count)| *count);
    let speaks = count(wanted) * NEARLY >= count(likely) && count(wanted) > 0;
    let borrows = wanted == Dialect::Sqlite && likely == Dialect::MySql;
    let decides = wanted == likely || ((speaks || borrows) && !refuses(wanted, texts));
    Some(if decides { driver.clone() } else { best.clone() })
}

/// Whether the texts hold what no server of a dialect reads.
fn refuses(dialect: Dialect, texts: &[&str]) -> bool {
    let Some(refused) = table().refused.get(dialect.name()) else { return false };
    texts.iter().flat_map(|text| text.lines()).any(|line| {
        let code = line.split_once("--").map_or(line, |(code, _)| code).to_ascii_lowercase();
        let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
        refused.iter().any(|sign| code.contains(sign.as_str()))
    })
}

/// How many own words of each dialect the texts hold.
fn votes(texts: &[&str]) -> Vec<(Dialect, usize)> {
    let mut votes: Vec<(Dialect, usize)> = Vec::new();
    for text in texts {
        let (words, signs) = spoken(text);
        let count = |own: &[String], found: &Words| own.iter().filter(|one| found.contains(one.as_str())).count();
        let signs = table().signs.iter().map(|(name, own)| (name, count(own, &signs)));
        let said = table().words.iter().map(|(name, own)| (name, count(own, &words)));
        for (name, count) in signs.chain(said) {
            let Some(dialect) = Dialect::parse(name) else { continue };
            match votes.iter_mut().find(|(known, _)| *known == dialect) {
                Some((_, sum)) => *sum += count,
                None => votes.push((dialect, count)),
            }
        }
    }
    votes
}

/// How many bytes of a text are looked at together: dumps are large, and copies of them would be as large.
const BLOCK: usize = 1 << 16;

type Words = HashSet<&'static str, foldhash::fast::RandomState>;

/// The signs and words of all dialects. Every word of every migration is held against them.
fn all_spoken() -> &'static (Vec<&'static str>, Words) {
    static ALL: OnceLock<(Vec<&str>, Words)> = OnceLock::new();
    ALL.get_or_init(|| {
        let signs = table().signs.values().flatten().map(String::as_str).collect();
        (signs, table().words.values().flatten().map(String::as_str).collect())
    })
}

/// The words and signs of any dialect that a text holds outside of its comments.
fn spoken(text: &str) -> (Words, Words) {
    let (signs, words) = all_spoken();
    let (mut found_words, mut found_signs) = (Words::default(), Words::default());
    let mut look = |block: &mut String| {
        block.make_ascii_lowercase();
        let said = block.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter_map(|word| words.get(word).copied());
        found_words.extend(said);
        found_signs.extend(signs.iter().filter(|sign| block.contains(**sign)).copied());
        block.clear();
    };
    let mut block = String::new();
    for line in text.lines() {
        block.push_str(line.split_once("--").map_or(line, |(code, _)| code));
        block.push('\n');
        if block.len() > BLOCK {
            look(&mut block);
        }
    }
    look(&mut block);
    (found_words, found_signs)
}

/// The dialect of migrations that are code: what the folder says, the driver of the project, the only server that the repository runs,
/// the SQL in them.
pub(super) fn of_code(
    root: &str,
    texts: &[&str],
    (servers, driver): (&[Server], Option<(Dialect, String)>),
    settings: &Settings,
) -> Verdict {
    if let Some(dialect) = settings.at(root).dialect {
        return Verdict { named: (dialect, None), why: "the configuration says so".into() };
    }
    if let Some(verdict) = by_folder(root) {
        return verdict;
    }
    if let Some((dialect, why)) = driver {
        return Verdict { named: (dialect, None), why };
    }
    let mut products: Vec<&Server> = servers.iter().collect();
    products.dedup_by_key(|server| &server.product);
    if let [only] = products.as_slice()
        && let Some(named) = table().dialect(&only.product)
    {
        return Verdict { named: (named.0, None), why: format!("`{}` in {}", only.written, only.path) };
    }
    by_vote(texts)
}

/// The dialect of one file that stands alone; PostgreSQL where nothing says one.
pub(super) fn of_file(path: &str, text: &str, settings: &Settings) -> Verdict {
    said_of_file(path, text, settings).unwrap_or_else(usual)
}

/// The dialect of one file that stands alone, where something says it.
pub(super) fn said_of_file(path: &str, text: &str, settings: &Settings) -> Option<Verdict> {
    if let Some(dialect) = settings.at(path).dialect {
        return Some(Verdict { named: (dialect, None), why: "the configuration says so".into() });
    }
    if path.ends_with(".prisma")
        && let Some(named) = stated::provider(text).and_then(|word| table().dialect(word))
    {
        return Some(Verdict { named, why: "its datasource".into() });
    }
    if path.ends_with(".rb") {
        return Some(Verdict { named: (stated::dialect_of_ruby(text), None), why: "what Rails writes for it alone".into() });
    }
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.strip_suffix(".sql").unwrap_or(name);
    let words: Vec<&str> = stem.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    // `schema-mysql.sql` is for MySQL; `clickhouse_outbox.sql` is a table's name.
    let states = |word: &&str| table().states.iter().any(|one| one.eq_ignore_ascii_case(word));
    let plain = words.iter().all(|word| table().dialect(word).is_some() || states(word));
    let by_name = words.iter().filter(|_| plain).find_map(|word| table().dialect(word));
    let by_name = by_name.map(|named| Verdict { named, why: format!("the file name `{name}`") });
    by_name.or_else(|| by_folder(folder)).or_else(|| voted(&[text]))
}
