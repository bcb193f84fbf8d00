//! Which configuration a file is: by its name, then by its top-level keys or the words of its lines. The table is data:
//! `data/formats.toml`. Nothing is parsed here.

use super::{Kind, scan};
use globset::{Glob, GlobMatcher};
use memchr::memmem::Finder;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::OnceLock;

/// A row of the table.
struct Format {
    kind: Kind,
    names: Vec<Name>,
    not_names: Vec<Name>,
    folders: HashSet<String>,
    not_folders: HashSet<String>,
    keys: Vec<String>,
    any_keys: Vec<String>,
    words: Vec<String>,
    contains: Vec<(String, Finder<'static>)>,
}

/// A glob over the name of a file.
struct Name {
    /// What stands before its first wildcard, after its last one, and the longest piece between any two of them that every such
    /// name has: few names have all three.
    start: String,
    end: String,
    middle: String,
    pattern: String,
    /// Whether these say all that the pattern says: it has one `*` at most, and nothing else that is wild.
    is_plain: bool,
    /// Made where a name has all three, which few patterns ever meet: a matcher takes ten thousand bytes.
    glob: OnceLock<Option<GlobMatcher>>,
}

impl Name {
    fn new(pattern: &str) -> Option<Name> {
        let is_wild = |c: char| "*?[]{}\\".contains(c);
        let start = pattern.split(is_wild).next().unwrap_or("").to_owned();
        let end = pattern.rsplit(is_wild).next().unwrap_or("").to_owned();
        // Of what stands in brackets and braces a name has one alternative, and of what is escaped less than is written.
        let pieces = (!pattern.contains(['[', '{', '\\'])).then(|| pattern.split(is_wild)).into_iter().flatten();
        let middle = pieces.max_by_key(|piece| piece.len()).unwrap_or("").to_owned();
        Glob::new(pattern).ok()?;
        let is_plain = pattern.matches(is_wild).count() <= 1 && !pattern.contains(['?', '[', ']', '{', '}', '\\']);
        Some(Name { start, end, middle, pattern: pattern.to_owned(), is_plain, glob: OnceLock::new() })
    }

    fn matches(&self, name: &str) -> bool {
        let (own, bytes) = ((self.start.as_bytes(), self.end.as_bytes()), name.as_bytes());
        // One byte tells nearly all names apart.
        own.0.first().is_none_or(|first| bytes.first() == Some(first))
            && own.1.last().is_none_or(|last| bytes.last() == Some(last))
            && name.starts_with(&self.start)
            && name.ends_with(&self.end)
            && (if self.is_plain { self.fits(name) } else { self.matches_glob(name) })
    }

    /// Whether a name that begins and ends as it should is one of a plain pattern.
    fn fits(&self, name: &str) -> bool {
        match self.pattern.len() == self.start.len() {
            true => name.len() == self.start.len(),
            false => name.len() >= self.start.len() + self.end.len(),
        }
    }

    fn matches_glob(&self, name: &str) -> bool {
        name.contains(&self.middle) && self.glob().is_some_and(|glob| glob.is_match(name))
    }

    /// Whether a name of this pattern may begin with a byte.
    fn may_begin(&self, first: u8) -> bool {
        self.start.as_bytes().first().is_none_or(|own| *own == first)
    }

    fn glob(&self) -> Option<&GlobMatcher> {
        self.glob.get_or_init(|| Some(Glob::new(&self.pattern).ok()?.compile_matcher())).as_ref()
    }
}

/// The table, with what is asked of every file.
struct Formats {
    rows: Vec<Format>,
    /// The top-level keys that any row asks for.
    keys: HashSet<String, foldhash::fast::RandomState>,
    /// For each last byte of a name the rows that it may be of, and for each of them whether a name may begin with a byte: few are
    /// left, and this is asked of every file.
    by_last: Vec<Vec<(usize, Firsts)>>,
}

/// With which bytes a name may begin, a bit for each.
type Firsts = [u64; 4];

/// Whether a byte is among them.
fn has(firsts: &Firsts, first: u8) -> bool {
    firsts.get(usize::from(first / 64)).is_some_and(|bits| bits >> (first % 64) & 1 == 1)
}

fn formats() -> &'static Formats {
    static FORMATS: OnceLock<Formats> = OnceLock::new();
    FORMATS.get_or_init(|| {
        let table: toml::Table = include_str!("../../data/formats.toml").parse().unwrap_or_default();
        let rows = table.get("format").and_then(toml::Value::as_array).into_iter().flatten();
        let rows: Vec<Format> = rows.filter_map(format).collect();
        let keys = rows.iter().flat_map(|row| row.keys.iter().chain(&row.any_keys)).cloned().collect();
        let may_end = |row: &Format, last: u8| {
            let ends = |name: &Name| name.end.as_bytes().last().is_none_or(|end| *end == last);
            row.names.is_empty() || row.names.iter().any(ends)
        };
        let firsts = |row: &Format| {
            let may_begin = |first: u8| row.names.is_empty() || row.names.iter().any(|name| name.may_begin(first));
            let mut firsts = Firsts::default();
            for first in (0..=u8::MAX).filter(|first| may_begin(*first)) {
                if let Some(bits) = firsts.get_mut(usize::from(first / 64)) {
                    *bits |= 1 << (first % 64);
                }
            }
            firsts
        };
        let begin: Vec<Firsts> = rows.iter().map(firsts).collect();
        let of = |last: u8| {
            let may_end = rows.iter().enumerate().filter(|(_, row)| may_end(row, last));
            may_end.filter_map(|(at, _)| Some((at, *begin.get(at)?))).collect()
        };
        let by_last = (0..=u8::MAX).map(of).collect();
        Formats { rows, keys, by_last }
    })
}

fn format(row: &toml::Value) -> Option<Format> {
    let list = |key: &str| -> Vec<String> {
        let items = row.get(key).and_then(toml::Value::as_array).into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let globs = |key: &str| list(key).iter().filter_map(|pattern| Name::new(pattern)).collect();
    Some(Format {
        kind: Kind::parse(row.get("kind")?.as_str()?)?,
        names: globs("names"),
        not_names: globs("not_names"),
        folders: list("folders").into_iter().collect(),
        not_folders: list("not_folders").into_iter().collect(),
        keys: list("keys"),
        any_keys: list("any_keys"),
        words: list("words"),
        contains: list("contains").into_iter().map(|part| (part.clone(), Finder::new(&part).into_owned())).collect(),
    })
}

impl Format {
    /// Why a text with some top-level keys is of this format; `None` where it is not.
    fn evidence(&self, text: &str, has: impl Fn(&str) -> bool) -> Option<String> {
        let by_name = !self.names.is_empty();
        if self.keys.iter().any(|key| !has(key)) {
            return None;
        }
        let key = self.any_keys.iter().find(|key| has(key));
        let word = || self.words.iter().find(|word| text.lines().any(|line| line.trim_start().starts_with(word.as_str())));
        let part = || self.contains.iter().find(|(_, finder)| finder.find(text.as_bytes()).is_some()).map(|(part, _)| part);
        // Of the weaker signs one is enough, where any is asked for.
        let asks = !(self.any_keys.is_empty() && self.words.is_empty() && self.contains.is_empty());
        let sign = key.or_else(word).or_else(part);
        if asks && sign.is_none() {
            return None;
        }
        let shown: Vec<String> = self.keys.iter().chain(sign).map(|word| format!("`{}`", word.trim_matches('"'))).collect();
        Some(match (by_name, shown.is_empty()) {
            (true, true) => "its name".to_owned(),
            (true, false) => format!("its name, and {}", shown.join(" and ")),
            (false, _) => format!("a top-level {}", shown.join(" and ")),
        })
    }
}

impl Formats {
    /// The rows that a name allows, in order; with `is_document` those too that any YAML or JSON file may be of. `lower`: the name in
    /// lower case.
    fn named(&self, path: &str, lower: &str, is_document: bool) -> impl Iterator<Item = &Format> {
        let lies_in = |folders: &HashSet<String>| {
            path.rsplit_once('/').is_some_and(|(above, _)| above.split('/').any(|one| folders.contains(one)))
        };
        let last = lower.as_bytes().last().and_then(|last| self.by_last.get(usize::from(*last)));
        let first = lower.as_bytes().first().copied().unwrap_or_default();
        let may_be = last.into_iter().flatten().filter(move |(_, firsts)| has(firsts, first));
        may_be.filter_map(|(at, _)| self.rows.get(*at)).filter(move |row| {
            (if row.names.is_empty() { is_document } else { row.names.iter().any(|name| name.matches(lower)) })
                && (row.folders.is_empty() || lies_in(&row.folders))
                && (row.not_folders.is_empty() || !lies_in(&row.not_folders))
                && !row.not_names.iter().any(|name| name.matches(lower))
        })
    }
}

/// Whether a name alone allows a file to be a configuration that is neither YAML nor JSON. `lower`: the name in lower case.
pub(super) fn is_named(path: &str, lower: &str) -> bool {
    formats().named(path, lower, false).next().is_some()
}

/// Which configuration a text is, and why.
pub(super) fn judge(path: &str, text: &str) -> Option<(Kind, String)> {
    let lower = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    let is_document = [".yaml", ".yml", ".json"].iter().any(|ending| lower.ends_with(ending));
    let formats = formats();
    let keys = OnceCell::new();
    let has = |key: &str| keys.get_or_init(|| scan::top_level_keys(text, |key| formats.keys.contains(key))).contains(&key);
    formats.named(path, &lower, is_document).find_map(|format| Some((format.kind, format.evidence(text, has)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> Option<Kind> {
        judge(path, text).map(|(kind, _)| kind)
    }

    #[test]
    fn a_name_is_matched_as_its_glob_says() {
        let patterns =
            ["*.ini", "a*b*c.yml", "x{one,two}*.{yml,yaml}", "pg[bg]*.conf", "a\\*longer\\?b", "[!a]b", "{same,same}", "plain"];
        let names = [
            "x.ini",
            ".ini",
            "abc.yml",
            "a-b-c.yml",
            "ac.yml",
            "xone.yml",
            "xtwo-prod.yaml",
            "xthree.yml",
            "one.yml",
            "pgb.conf",
            "pgx.conf",
            "a*longer?b",
            "axlonger?b",
            "bb",
            "ab",
            "same",
            "plain",
            "plainer",
        ];
        for pattern in patterns {
            let (name, glob) = (Name::new(pattern).expect("a glob"), Glob::new(pattern).expect("a glob").compile_matcher());
            assert!(names.iter().any(|one| glob.is_match(one)), "{pattern} is held against nothing");
            names.iter().for_each(|one| assert_eq!(name.matches(one), glob.is_match(one), "{pattern} and {one}"));
        }
    }

    #[test]
    fn every_row_is_understood() {
        let table: toml::Table = include_str!("../../data/formats.toml").parse().unwrap_or_default();
        let rows = table.get("format").and_then(toml::Value::as_array).map_or(0, Vec::len);
        assert_eq!(formats().rows.len(), rows);
        let patterns = |key: &str| -> usize {
            let rows = table.get("format").and_then(toml::Value::as_array).into_iter().flatten();
            rows.filter_map(|row| row.get(key)?.as_array()).map(Vec::len).sum()
        };
        assert_eq!(formats().rows.iter().map(|row| row.names.len()).sum::<usize>(), patterns("names"));
        assert_eq!(formats().rows.iter().map(|row| row.not_names.len()).sum::<usize>(), patterns("not_names"));
    }

    #[test]
    fn keys_decide_what_a_document_is() {
        assert_eq!(of("deploy/api.yaml", "apiVersion: apps/v1\nkind: Deployment\n"), Some(Kind::Kubernetes));
        assert_eq!(of("deploy/api.yaml", "kind: Deployment\n"), None);
        assert_eq!(of("a.json", "{\"apiVersion\": \"v1\", \"kind\": \"List\"}"), Some(Kind::Kubernetes));
        assert_eq!(of("envoy.yaml", "admin: {}\nstatic_resources: {}\n"), Some(Kind::Envoy));
        assert_eq!(of("x/rules.yml", "groups:\n- rules:\n  - alert: A\n    expr: up == 0\n"), Some(Kind::PrometheusRules));
        assert_eq!(of("x/groups.yml", "groups: [admin]\n"), None);
        assert_eq!(of("kong.yml", "_format_version: \"3.0\"\n"), Some(Kind::Kong));
    }

    #[test]
    fn names_decide_what_a_text_is() {
        assert_eq!(of("src/main/resources/application-prod.yml", "spring: {}\n"), Some(Kind::Spring));
        assert_eq!(of("src/main/resources/application.properties", "quarkus.http.port=80\n"), Some(Kind::Quarkus));
        assert_eq!(of("haproxy/haproxy.cfg", "global\n  maxconn 10\n"), Some(Kind::Haproxy));
        assert_eq!(of("setup.cfg", "[metadata]\nname = x\n"), None);
        assert_eq!(of("deploy/pgbouncer.ini", "[databases]\n* = host=db\n"), Some(Kind::Pgbouncer));
        assert_eq!(of("config/locales/de.yml", "de:\n  password: Passwort\n"), None);
        assert_eq!(of("tox.ini", "[tox]\n"), None);
        assert_eq!(of("Cargo.toml", "[dependencies]\nredis = \"1\"\n"), None);
        assert_eq!(of("config/production.toml", "[database]\npool_size = 5\n"), Some(Kind::Application));
    }
}
