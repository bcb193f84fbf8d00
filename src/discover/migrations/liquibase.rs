//! Liquibase formatted SQL: files of changesets, in the order in which the changelogs include them.

mod changelog;
mod changeset;

use super::dialect::{self, Verdict};
use super::folders::{Surroundings, split};
use super::tools::Named;
use super::{Found, Read};
use crate::discover::{Artifact, Kind, Migration, MigrationSet, Role, Transaction};
use crate::files::Listing;
use crate::model::Settings;
use changelog::Changelogs;
use changeset::Changeset;
use std::collections::{BTreeMap, HashSet};

const ID: &str = "liquibase";

/// Finds the files and takes them. `paths` are the `.sql` files that count, sorted.
pub(super) fn find(
    paths: &[&str],
    (listing, around): (&Listing, &Surroundings),
    read: Read,
    settings: &Settings,
    found: &mut Found,
) -> HashSet<String> {
    let files = formatted(paths, read);
    if files.is_empty() {
        return HashSet::new();
    }
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let changelogs = Changelogs::read(listing, &names, read);
    let mut taken = HashSet::new();
    for (folder, why, order) in changelogs.sets(&names) {
        let settings = &*settings.at(&folder);
        if settings.migration_tool.as_ref().is_some_and(|tool| tool != ID) {
            continue;
        }
        let changesets: Vec<(&str, &str, Vec<Changeset>)> = order
            .iter()
            .filter_map(|path| files.get_key_value(path.as_str()))
            .map(|(path, text)| (path.as_str(), text.as_str(), changeset::read(text)))
            .collect();
        taken.extend(order.iter().cloned());
        for path in &order {
            let evidence = format!("{ID}: its first line");
            found.artifacts.push(Artifact { path: path.clone(), kind: Kind::Migration, evidence });
        }
        let driver = || around.driver(&folder, read);
        for (named, dialect_why) in dialects(&folder, &changesets, driver, settings) {
            let steps = changesets.iter().flat_map(|(path, text, sets)| sets.iter().map(move |one| (path, text, one)));
            let steps = steps.filter(|(_, _, one)| one.is_for(&named));
            found.sets.push(MigrationSet {
                folder: folder.clone(),
                tool: ID.to_owned(),
                dialect: named.0,
                variant: named.1.clone(),
                way_out: super::way_out(ID),
                evidence: vec![
                    format!("tool {ID}: `--liquibase formatted sql` in `{}`", split(order.first().map_or("", String::as_str)).1),
                    format!("dialect {}: {dialect_why}", named.1.as_deref().unwrap_or(named.0.name())),
                    format!("order {why}"),
                ],
                migrations: steps.map(|(path, text, one)| migration(path, text, one, settings)).collect(),
                together: false,
                repeats: None,
                holds_lock: None,
                late_files_run: None,
                foreign_keys_off: None,
                foreign_steps: changelogs.other_changes(&folder),
            });
        }
    }
    taken
}

/// The formatted files with their texts. One file a folder is looked into, and all of them where it is one.
fn formatted(paths: &[&str], read: Read) -> BTreeMap<String, String> {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in paths {
        folders.entry(split(path).0).or_default().push(path);
    }
    let mut files = BTreeMap::new();
    for (_, files_here) in folders {
        let probes = [files_here.first(), files_here.last()];
        let mut is_formatted = |path: &&str| read(path).is_some_and(|text| changeset::is_formatted(&text));
        if !probes.into_iter().flatten().any(&mut is_formatted) {
            continue;
        }
        for path in files_here {
            if let Some(text) = read(path).filter(|text| changeset::is_formatted(text)) {
                files.insert(path.to_owned(), text);
            }
        }
    }
    files
}

/// The dialects that the changesets are for: those that they name, where these are several or most changesets name it; else one. That
/// a few of many are for MySQL says that the others run somewhere else, too.
fn dialects(
    folder: &str,
    files: &[(&str, &str, Vec<Changeset>)],
    driver: impl FnOnce() -> Option<Verdict>,
    settings: &Settings,
) -> Vec<(Named, String)> {
    if let Some(dialect) = settings.dialect {
        return vec![((dialect, None), "the configuration says so".into())];
    }
    let all = || files.iter().flat_map(|(_, text, sets)| sets.iter().map(move |one| (*text, one)));
    let mut named: Vec<Named> = all().flat_map(|(_, one)| one.named_dialects()).collect();
    named.sort();
    named.dedup();
    let unnamed: Vec<&str> =
        all().filter(|(_, one)| one.dbms.is_empty()).filter_map(|(text, one)| text.get(one.range.clone())).collect();
    if named.len() > 1 || named.len() == 1 && unnamed.len() * 2 < all().count() {
        return named.into_iter().map(|one| (one, "`dbms:` of the changesets".to_owned())).collect();
    }
    let own = named.pop().map(|named| Verdict { named, why: "`dbms:` of a changeset".into() });
    let found = dialect::by_folder(folder).or_else(driver).or_else(|| dialect::voted(&unnamed));
    let verdict = match (found, own) {
        // A relative speaks the same language, and its driver is often the same.
        (Some(found), Some(own)) if found.named.1.is_none() && found.named.0 == own.named.0 => own,
        (found, own) => found.or(own).unwrap_or_else(dialect::usual),
    };
    vec![(verdict.named, verdict.why)]
}

fn migration(path: &str, text: &str, one: &Changeset, settings: &Settings) -> Migration {
    let transaction = match settings.transaction {
        _ if !one.in_transaction => Transaction::Unwrapped("`runInTransaction:false` on the line of the changeset".into()),
        Some(true) => Transaction::Wrapped("the configuration says so".into()),
        Some(false) => Transaction::Unwrapped("the configuration says so".into()),
        None => super::convention(ID),
    };
    Migration {
        path: path.to_owned(),
        down: None,
        version: one.id.clone(),
        up: Some(one.range.clone()),
        down_sections: Vec::new(),
        transaction,
        role: if one.repeats { Role::Repeatable } else { Role::Versioned },
        pieces: one.delimiter.as_ref().map_or_else(Vec::new, |end| changeset::pieces(text, one.range.clone(), end)),
        repeats: None,
        ignored: None,
    }
}
