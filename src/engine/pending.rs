//! Which migrations are judged for what they do to a live database: those that are new or changed against the base.

use super::{Migrations, Options};
use crate::discover::{Discovery, Kind, migrations};
use crate::files::Files;
use crate::model::{FileStatus, Model, Pending, Settings, Workspace, schema};
use crate::source::{SourceId, Sources};
use crate::sql::{self, Dialect};
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
    let base = match (options.migrations, base) {
        (Migrations::All, _) => return Pending::All,
        (_, None) => return Pending::None,
        (_, Some(base)) => base,
    };
    let sets = discovery.migration_sets.iter();
    let kinds: BTreeMap<&str, (&str, Dialect)> =
        sets.flat_map(|set| set.migrations.iter().map(|one| (one.path.as_str(), (set.tool.as_str(), set.dialect)))).collect();
    let mut changed = BTreeMap::new();
    for path in migration_files(discovery) {
        let status = if !base.exists(path) {
            FileStatus::New
        } else {
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

/// What of the base is judged, so that what is old is known: the files that the head changed, as they were, and those to which it
/// only gave another name. `judged` is what is judged of the head.
pub(super) fn before(head: &dyn Files, base: &dyn Files, discovery: &Discovery, judged: &Pending) -> Pending {
    let Pending::Changed(judged) = judged else { return judged.clone() };
    let new: Vec<&str> = judged.iter().filter(|(_, status)| **status == FileStatus::New).map(|(path, _)| &**path).collect();
    let is_renamed = |old: &str| {
        let kept = |now: &&str| same_version(old, now) && head.read(now).is_ok_and(|bytes| base.same(old, &bytes));
        !head.exists(old) && new.iter().any(kept)
    };
    let was_judged = |path: &&str| {
        judged.get(*path).is_some_and(|status| status.runs_anew() && *status != FileStatus::New) || is_renamed(path)
    };
    let paths = migration_files(discovery).into_iter().filter(was_judged);
    Pending::Changed(paths.map(|path| (path.to_owned(), FileStatus::New)).collect())
}

/// Whether two files of one folder are the same migration to a tool: their names begin with the same version.
fn same_version(left: &str, right: &str) -> bool {
    let parts = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        (folder.to_owned(), name.split(['_', '-', '.']).next().unwrap_or(name).to_owned())
    };
    parts(left) == parts(right)
}

/// How a file stands that the base has too, with other bytes; `kind` is the tool and the dialect of what runs forward.
fn status(kind: Option<(&str, Dialect)>, old: &str, new: &str) -> FileStatus {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let same = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count().min(new.len());
    let Some((tool, dialect)) = kind else { return FileStatus::Changed(place(same)) };
    let (before, now) = (migrations::forward(tool, old), migrations::forward(tool, new));
    let texts = (old.get(before).unwrap_or(old), new.get(now.clone()).unwrap_or(new));
    match sql::first_difference(texts.0, texts.1, dialect, &|comment| migrations::is_read_by(tool, comment)) {
        Some(at) if sql::same_outcome(texts.0, texts.1, dialect) => FileStatus::Rearranged(place(now.start + at)),
        Some(at) => FileStatus::Changed(place(now.start + at)),
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
