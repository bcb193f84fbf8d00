//! Which migrations are judged for what they do to a live database: those that are new or changed against the base.

use super::{Migrations, Options};
use crate::discover::{Discovery, Kind};
use crate::files::Files;
use crate::model::{FileStatus, Pending};
use std::collections::{BTreeMap, BTreeSet};

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
