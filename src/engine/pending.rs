//! Which migrations are judged for what they do to a live database: those that are new or changed against the base.

use super::{Migrations, Options, Reach, Snapshot, Written};
use crate::discover::{Discovery, Kind, migrations};
use crate::files::Files;
use crate::model::{FileStatus, Model, Pending, Settings, Workspace, schema};
use crate::source::{SourceId, Sources};
use crate::sql::{self, Dialect};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Every file that a migration consists of.
pub(super) fn migration_files(discovery: &Discovery) -> BTreeSet<&str> {
    let listed = discovery.artifacts.iter().filter(|artifact| artifact.kind == Kind::Migration);
    let in_sets = discovery.migration_sets.iter().flat_map(|set| &set.migrations);
    listed.map(|artifact| artifact.path.as_str()).chain(in_sets.map(|migration| migration.path.as_str())).collect()
}

/// What is judged in this run.
pub(super) fn pending(head: &dyn Files, base: Option<&dyn Files>, discovery: &Discovery, options: &Options) -> Pending {
    let kinds = kinds(discovery);
    let base = match (options.migrations, base, &options.reach) {
        (Migrations::All, ..) => return Pending::All,
        (.., Reach::SinceRun(snapshot)) => return since_run(head, snapshot, discovery),
        (_, None, _) => return Pending::None,
        (_, Some(base), _) => base,
    };
    let mut changed = BTreeMap::new();
    let gone = OnceCell::new();
    for path in migration_files(discovery) {
        let status = if !base.exists(path) {
            let gone = gone.get_or_init(|| base.list().without(&head.list()).map(str::to_owned).collect::<Vec<String>>());
            if is_renamed(path, gone, head, base) {
                continue;
            }
            FileStatus::New
        } else {
            if head.id(path).is_some_and(|id| base.id(path) == Some(id)) {
                continue;
            }
            match head.read(path) {
                Ok(bytes) if !base.same(path, &bytes) => {
                    let old = base.read(path).unwrap_or_default();
                    let kind = kinds.get(path).copied();
                    status(kind, &String::from_utf8_lossy(&old), &String::from_utf8_lossy(&bytes))
                }
                // What cannot be read is noted by the model.
                _ => continue,
            }
        };
        changed.insert(path.to_owned(), status);
    }
    Pending::Changed(changed)
}

/// What of the base is judged, so that what is old is known: the files that the head changed, as they were. `judged` is what is judged
/// of the head.
pub(super) fn before(discovery: &Discovery, judged: &Pending) -> Pending {
    let Pending::Changed(judged) = judged else { return judged.clone() };
    let was_judged = |path: &&str| judged.get(*path).is_some_and(|status| status.runs_anew() && *status != FileStatus::New);
    let paths = migration_files(discovery).into_iter().filter(was_judged);
    Pending::Changed(paths.map(|path| (path.to_owned(), FileStatus::New)).collect())
}

/// Tool and dialect of every migration, by path.
fn kinds(discovery: &Discovery) -> BTreeMap<&str, (&str, Dialect)> {
    let sets = discovery.migration_sets.iter();
    sets.flat_map(|set| set.migrations.iter().map(|one| (one.path.as_str(), (set.tool.as_str(), set.dialect)))).collect()
}

/// What is judged against an earlier run: nothing tells where a file was edited, so that it counts from its first byte.
fn since_run(head: &dyn Files, snapshot: &Snapshot, discovery: &Discovery) -> Pending {
    let kinds = kinds(discovery);
    let mut changed = BTreeMap::new();
    for path in migration_files(discovery) {
        let Ok(bytes) = head.read(path) else { continue };
        let now = Written::of(kinds.get(path).copied(), &String::from_utf8_lossy(&bytes));
        let is_renamed = || {
            let namesakes = snapshot.migrations.iter().filter(|(old, _)| version(old) == version(path) && !head.exists(old));
            namesakes.into_iter().any(|(_, written)| written.content == now.content)
        };
        let status = match snapshot.migrations.get(path) {
            None if is_renamed() => continue,
            None => FileStatus::New,
            Some(before) if before.content == now.content => continue,
            Some(before) if before.runs == now.runs => FileStatus::Reworded(0),
            Some(_) => FileStatus::Changed(0),
        };
        changed.insert(path.to_owned(), status);
    }
    Pending::Changed(changed)
}

/// Whether a migration that the base does not have is one of it under another name: with the same content and the same version, by
/// which its tool knows it. `gone` are the files of the base that are not here any more.
fn is_renamed(path: &str, gone: &[String], head: &dyn Files, base: &dyn Files) -> bool {
    let mut namesakes = gone.iter().filter(|old| version(old) == version(path)).peekable();
    if namesakes.peek().is_none() {
        return false;
    }
    head.read(path).is_ok_and(|bytes| namesakes.any(|old| !head.exists(old) && base.same(old, &bytes)))
}

/// What stands before the title in the name of a migration, and its ending; folders of their own carry the name of theirs.
fn version(path: &str) -> (&str, &str) {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    let is_step = matches!(stem, "up" | "down" | "migration");
    let titled = if is_step { folder.rsplit('/').next().unwrap_or("") } else { stem };
    let cut = ["__", "_", "-"].into_iter().find_map(|mark| titled.split_once(mark));
    (cut.map_or(titled, |(version, _)| version), if is_step { name } else { ending })
}

/// How a file stands that the base has too, with other bytes; `kind` is the tool and the dialect of what runs forward.
fn status(kind: Option<(&str, Dialect)>, old: &str, new: &str) -> FileStatus {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let same = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count().min(new.len());
    let Some((tool, dialect)) = kind else { return FileStatus::Changed(place(same)) };
    let (before, now) = (migrations::forward(tool, old), migrations::forward(tool, new));
    match sql::first_difference(&before, &now, dialect, &|comment| migrations::is_read_by(tool, comment)) {
        Some(at) if sql::same_outcome(&before, &now, dialect) => FileStatus::Rearranged(place(at)),
        Some(at) => FileStatus::Changed(place(at)),
        None => FileStatus::Reworded(place(same)),
    }
}

/// The model as it would be if every migration were judged; nothing but the schema is read again. `None` without migrations.
pub(super) fn judging_all(
    head: &dyn Files,
    discovery: &Discovery,
    model: &Model,
    settings: &Settings,
    sources: &mut Sources,
    earlier: &[SourceId],
) -> Option<Model> {
    if discovery.migration_sets.is_empty() {
        return None;
    }
    let settings = Settings { pending: Pending::All, ..settings.clone() };
    let mut workspace = Workspace::new(head, sources, settings.threads).knowing(earlier);
    let schema = Arc::new(schema::read(&mut workspace, discovery, &settings));
    Some(Model { schema, ..model.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_stands_before_the_title() {
        assert_eq!(version("db/0002_note.up.sql"), ("0002", "up.sql"));
        assert_eq!(version("V1_2__first.sql"), ("V1_2", "sql"));
        assert_eq!(version("20240101-a.sql"), ("20240101", "sql"));
        assert_eq!(version("m/2017-09-23-110407_a/up.sql"), ("2017-09-23-110407", "up.sql"));
        assert_ne!(version("0002_note.up.sql"), version("0002_note.down.sql"));
    }

    #[test]
    fn a_backward_part_between_two_forward_ones_does_not_run_forward() {
        let file = |back: &str, end: &str| {
            let up = "-- +migrate Up";
            format!("{up}\nCREATE TABLE a (id int);\n-- +migrate Down\n{back};\n{up} notransaction\n{end};\n")
        };
        let old = file("DROP TABLE a", "CREATE INDEX CONCURRENTLY i ON a (id)");
        let status = |new: &str| status(Some(("sql-migrate", Dialect::Postgres)), &old, new);
        assert!(matches!(
            status(&file("DROP TABLE IF EXISTS a", "CREATE INDEX CONCURRENTLY i ON a (id)")),
            FileStatus::Reworded(_)
        ));
        let longer = file("DROP TABLE IF EXISTS a", "CREATE INDEX CONCURRENTLY i ON a (name)");
        let at = longer.find("name").and_then(|at| u32::try_from(at).ok());
        assert_eq!(Some(status(&longer)), at.map(FileStatus::Changed));
    }
}
