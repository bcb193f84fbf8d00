//! Which migrations are judged for what they do to a live database: those that are new or changed against the base.

use super::{Migrations, Options};
use crate::discover::{Discovery, Kind};
use crate::files::Files;
use crate::model::{FileStatus, Model, Pending, Settings, Workspace, schema};
use crate::source::{SourceId, Sources};
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
    let mut changed = BTreeMap::new();
    for path in migration_files(discovery) {
        let status = if !base.exists(path) {
            FileStatus::New
        } else {
            match head.read(path) {
                Ok(bytes) if !base.same(path, &bytes) => FileStatus::Changed,
                // What cannot be read is noted by the model.
                _ => continue,
            }
        };
        changed.insert(path.to_owned(), status);
    }
    Pending::Changed(changed)
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
