//! Changelogs in XML, YAML and JSON: which files they include, in which order. A word scan: each word that is the path of a known
//! file counts where it stands.

use super::super::Read;
use super::super::folders::split;
use crate::files::Listing;
use std::collections::{BTreeMap, BTreeSet};

/// How deep changelogs may include each other.
const DEEPEST: usize = 32;

/// The changelogs of a tree.
pub(super) struct Changelogs {
    /// What each includes, in order: changelogs and formatted SQL files.
    includes: BTreeMap<String, Vec<String>>,
    /// Those with changes of their own, which are not SQL.
    with_changes: BTreeSet<String>,
}

impl Changelogs {
    /// Reads the files whose names or folders say that they may be changelogs.
    pub fn read(listing: &Listing, sql: &[&str], read: Read) -> Changelogs {
        let may_be = |path: &str| {
            let lower = path.to_ascii_lowercase();
            let kind = [".xml", ".yaml", ".yml", ".json"].iter().any(|end| lower.ends_with(end));
            kind && ["changelog", "liquibase", "changes", "db/"].iter().any(|word| lower.contains(word))
        };
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        for path in listing.apart_from_code().filter(|path| may_be(path)) {
            if let Some(text) = read(path).filter(|text| text.contains("databaseChangeLog")) {
                texts.insert(path, text);
            }
        }
        let known: Vec<&str> = texts.keys().copied().chain(sql.iter().copied()).collect();
        let mut changelogs = Changelogs { includes: BTreeMap::new(), with_changes: BTreeSet::new() };
        for (path, text) in &texts {
            changelogs.includes.insert((*path).to_owned(), included(path, text, &known));
            if ["<changeSet", "changeSet:", "\"changeSet\""].iter().any(|word| text.contains(word)) {
                changelogs.with_changes.insert((*path).to_owned());
            }
        }
        changelogs
    }

    /// The sets: folder, why they stand in this order, and the files.
    pub fn sets(&self, sql: &[&str]) -> Vec<(String, String, Vec<String>)> {
        let included: BTreeSet<&String> =
            self.includes.iter().flat_map(|(path, all)| all.iter().filter(move |one| *one != path)).collect();
        let mut sets = Vec::new();
        let mut placed: BTreeSet<String> = BTreeSet::new();
        for root in self.includes.keys().filter(|path| !included.contains(path)) {
            let mut order = Vec::new();
            self.follow(root, &mut order, &mut BTreeSet::new(), 0);
            order.retain(|path| sql.contains(&path.as_str()) && !placed.contains(path));
            if !order.is_empty() {
                placed.extend(order.iter().cloned());
                sets.push((split(root).0.to_owned(), format!("as `{root}` includes them"), order));
            }
        }
        let mut folders: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for path in sql.iter().filter(|path| !placed.contains(**path)) {
            folders.entry(split(path).0).or_default().push((*path).to_owned());
        }
        sets.extend(folders.into_iter().map(|(folder, order)| (folder.to_owned(), "by name".to_owned(), order)));
        sets
    }

    fn follow(&self, path: &String, order: &mut Vec<String>, seen: &mut BTreeSet<String>, depth: usize) {
        if depth > DEEPEST || !seen.insert(path.clone()) {
            return;
        }
        match self.includes.get(path) {
            Some(all) => all.iter().for_each(|one| self.follow(one, order, seen, depth + 1)),
            None => order.push(path.clone()),
        }
    }

    /// The changelogs in a folder and below it that hold changes of their own.
    pub fn other_changes(&self, folder: &str) -> Vec<String> {
        let below = |path: &&String| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.with_changes.iter().filter(below).cloned().collect()
    }
}

/// The known files that a changelog names, in order; `includeAll` names a folder.
fn included(changelog: &str, text: &str, known: &[&str]) -> Vec<String> {
    let home = split(changelog).0;
    let all = text.contains("includeAll");
    let mut found: Vec<String> = Vec::new();
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '{' | '}' | '[' | ']' | ','));
    for word in words.filter(|word| !word.is_empty()) {
        let word = word.trim_start_matches("classpath:").trim_start_matches("./").trim_matches('/');
        let near = if home.is_empty() { word.to_owned() } else { format!("{home}/{word}") };
        let is_file = [".sql", ".xml", ".yaml", ".yml", ".json"].iter().any(|end| word.ends_with(end));
        if is_file {
            let ends = |path: &&&str| path.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
            let exact = known.iter().find(|path| ***path == near).or_else(|| known.iter().find(ends));
            found.extend(exact.filter(|path| **path != changelog).map(|path| (*path).to_owned()));
        } else if all && !word.is_empty() {
            let inside = |path: &&&str| {
                let folder = split(path).0;
                folder == near || folder.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            };
            let mut files: Vec<String> = known.iter().filter(inside).map(|path| (*path).to_owned()).collect();
            files.retain(|path| path != changelog);
            files.sort();
            found.extend(files);
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|path| seen.insert(path.clone()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_where_they_are_named() {
        let known = ["db/a.sql", "db/b.sql", "db/more/1.sql", "db/more/2.sql", "db/root.xml"];
        let text = "<databaseChangeLog><include file=\"b.sql\" relativeToChangelogFile=\"true\"/>\n<include file=\"classpath:db/a.sql\"/>\n\
                    <includeAll path=\"db/more/\"/></databaseChangeLog>";
        assert_eq!(included("db/root.xml", text, &known), ["db/b.sql", "db/a.sql", "db/more/1.sql", "db/more/2.sql"]);
        let yaml = "databaseChangeLog:\n  - include:\n      file: db/a.sql\n  - include: {file: db/b.sql}\n";
        assert_eq!(included("db/root.yaml", yaml, &known), ["db/a.sql", "db/b.sql"]);
    }
}
