//! Sqitch: the plan says which scripts of `deploy/` run, in which order.

use super::folders::{Surroundings, split};
use super::tools::{Named, table};
use super::{Found, Read, dialect};
use crate::discover::{Artifact, Kind, Migration, MigrationSet};
use crate::files::Listing;
use crate::model::Settings;
use std::collections::HashSet;

const ID: &str = "sqitch";

/// A change of the plan.
struct Change<'t> {
    name: &'t str,
    /// The first tag after it: once a change of the same name follows, its scripts carry that tag.
    tag: Option<&'t str>,
    reworked: bool,
}

/// Finds the plans and takes their scripts.
pub(super) fn find(
    listing: &Listing,
    around: &Surroundings,
    read: Read,
    settings: &Settings,
    found: &mut Found,
) -> HashSet<String> {
    let mut taken = HashSet::new();
    for plan in listing.named(&["sqitch.plan"]).filter(|path| crate::discover::names::left_out(path).is_none()) {
        let Some(text) = read(plan) else { continue };
        let folder = split(plan).0;
        let settings = &*settings.at(folder);
        if settings.migration_tool.as_ref().is_some_and(|tool| tool != ID) {
            continue;
        }
        let at = |kind: &str, name: &str| join(folder, &format!("{kind}/{name}.sql"));
        let mut migrations = Vec::new();
        for change in changes(&text) {
            let file = match (change.reworked, change.tag) {
                (true, Some(tag)) => format!("{}@{tag}", change.name),
                _ => change.name.to_owned(),
            };
            let path = at("deploy", &file);
            if !around.has(&path) {
                continue;
            }
            let down = Some(at("revert", &file)).filter(|path| around.has(path));
            taken.extend([path.clone(), at("verify", &file)].into_iter().chain(down.clone()));
            migrations.push(migration(path, down, change.name));
        }
        if migrations.is_empty() {
            continue;
        }
        let (named, why) = dialect_of(plan, &text, &migrations, around, read, settings);
        for step in &migrations {
            for path in std::iter::once(&step.path).chain(&step.down) {
                let evidence = format!("{ID}: `{plan}`");
                found.artifacts.push(Artifact { path: path.clone(), kind: Kind::Migration, evidence });
            }
        }
        found.sets.push(MigrationSet {
            folder: folder.to_owned(),
            tool: ID.to_owned(),
            dialect: named.0,
            variant: named.1.clone(),
            way_out: super::way_out(ID),
            evidence: vec![
                format!("tool {ID}: `{plan}`"),
                format!("dialect {}: {why}", named.1.as_deref().unwrap_or(named.0.name())),
                "order by the plan".to_owned(),
            ],
            migrations,
            together: false,
            repeats: None,
            holds_lock: None,
            late_files_run: None,
            foreign_keys_off: None,
            foreign_steps: Vec::new(),
        });
    }
    taken
}

fn join(folder: &str, rest: &str) -> String {
    if folder.is_empty() { rest.to_owned() } else { format!("{folder}/{rest}") }
}

fn migration(path: String, down: Option<String>, name: &str) -> Migration {
    Migration { path, down, version: name.to_owned(), transaction: super::convention(ID), ..Migration::default() }
}

/// The changes in order. A line of the plan is a pragma (`%`), a tag (`@`), a comment (`#`), or a change, whose first word is its
/// name; `+` before it is the default.
fn changes(text: &str) -> Vec<Change<'_>> {
    let mut changes: Vec<Change> = Vec::new();
    for line in text.lines().map(str::trim) {
        let Some(word) = line.split_whitespace().next() else { continue };
        if word.starts_with(['%', '#', '-']) {
            continue;
        }
        if let Some(tag) = word.strip_prefix('@') {
            changes.iter_mut().filter(|one| one.tag.is_none()).for_each(|one| one.tag = Some(tag));
            continue;
        }
        let name = word.trim_start_matches('+');
        let name = if name.is_empty() { line.split_whitespace().nth(1).unwrap_or("") } else { name };
        changes.iter_mut().filter(|one| one.name == name).for_each(|one| one.reworked = true);
        changes.push(Change { name, tag: None, reworked: false });
    }
    changes
}

/// The dialect of the engine that plan or configuration name, else what the scripts' words say.
fn dialect_of(
    plan: &str,
    text: &str,
    migrations: &[Migration],
    around: &Surroundings,
    read: Read,
    settings: &Settings,
) -> (Named, String) {
    if let Some(dialect) = settings.dialect {
        return ((dialect, None), "the configuration says so".into());
    }
    let in_plan = text.lines().find_map(|line| line.trim().strip_prefix("%engine="));
    if let Some(named) = in_plan.and_then(|engine| table().dialect(engine.trim())) {
        return (named, format!("`{plan}` names the engine"));
    }
    if let Some(path) = around.nearest(split(plan).0, "sqitch.conf")
        && let Some(conf) = read(&path)
    {
        let engine = conf.lines().find_map(|line| line.trim().strip_prefix("engine")?.trim_start().strip_prefix('='));
        if let Some(named) = engine.and_then(|engine| table().dialect(engine.trim())) {
            return (named, format!("`{path}` names the engine"));
        }
    }
    let texts: Vec<String> = migrations.iter().take(super::SAMPLE).filter_map(|one| read(&one.path)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let verdict = dialect::by_folder(split(plan).0).unwrap_or_else(|| dialect::by_vote(&texts));
    (verdict.named, verdict.why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_names_changes_tags_and_reworks() {
        let text = "%syntax-version=1.0.0\n%project=shop\n\nschemas/app 2020-01-01T00:00:00Z A <a@b.c> # one\n\
                    orders [schemas/app] 2020-01-02T00:00:00Z A <a@b.c>\n@v1.0 2020-01-03T00:00:00Z A <a@b.c>\n\n\
                    orders [orders@v1.0] 2020-01-04T00:00:00Z A <a@b.c>\n";
        let read: Vec<_> = changes(text).into_iter().map(|one| (one.name, one.tag, one.reworked)).collect();
        assert_eq!(read, [("schemas/app", Some("v1.0"), false), ("orders", Some("v1.0"), true), ("orders", None, false)]);
    }
}
