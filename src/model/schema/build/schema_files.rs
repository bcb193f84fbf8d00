//! Schema files: what a database is, without the way to it.

use super::{File, Keep, Read, Text, empty, note_unread, read_all, replay};
use crate::discover::{Discovery, Kind, Transaction, code, migrations, stated};
use crate::model::schema::catalog::{Database, Table};
use crate::model::schema::forward::Forward;
use crate::model::schema::history::Role;
use crate::model::schema::stated::names as stated_names;
use crate::model::{FileStatus, Settings, Workspace};
use crate::source::Name;
use crate::sql::{Change, Dialect};
use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

/// One database for the schema files of each folder and dialect; a file that creates a table anew starts another.
pub(super) fn databases(workspace: &mut Workspace, discovery: &Discovery, settings: &Settings) -> Vec<Database> {
    let mut groups: BTreeMap<(String, Dialect, Option<String>), Vec<String>> = BTreeMap::new();
    let mut texts: Vec<(&str, Arc<str>)> = Vec::new();
    for artifact in discovery.artifacts.iter().filter(|artifact| artifact.kind == Kind::Schema) {
        match workspace.source(&artifact.path) {
            Ok(source) => texts.push((&artifact.path, workspace.text(source))),
            Err(reason) => workspace.note_unread(&artifact.path, reason, None),
        }
    }
    let is_whole = |(path, text): &&(&str, Arc<str>)| path.ends_with(".prisma") && text.contains("datasource ");
    let wholes: Vec<&str> = texts.iter().filter(is_whole).map(|(path, _)| *path).collect();
    for one in &texts {
        // A part of a schema.prisma says in another file which database it is of.
        let is_part = one.0.ends_with(".prisma") && !is_whole(&one);
        let whole = if is_part { stated::whole_of(one.0, &wholes) } else { None };
        let (path, text) = whole.and_then(|whole| texts.iter().find(|(path, _)| *path == whole)).unwrap_or(one);
        let (dialect, variant) = migrations::dialect_of(path, text, settings);
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        groups.entry((folder.to_owned(), dialect, variant)).or_default().push(one.0.to_owned());
    }
    // What is packed is nowhere else.
    drop(texts);
    let mut databases = Vec::new();
    for ((folder, dialect, variant), paths) in groups {
        let keep = Keep::of(settings, false, dialect);
        let is_alone = paths.len() == 1;
        let packs = is_alone && keep == Keep::State(dialect);
        let files = paths.iter().map(|path| File { path, ranges: vec![None], code: None, at_once: false, packs }).collect();
        let scripts = read_all(workspace, files, dialect);
        let mut parts: Vec<(Vec<Read>, HashSet<Name>)> = Vec::new();
        for (path, script) in paths.into_iter().zip(scripts) {
            let Some(Text { source, text, forward, .. }) = script else { continue };
            let creates = if is_alone { HashSet::new() } else { created(&forward, &text) };
            let read = Read {
                path,
                version: String::new(),
                source,
                text,
                forward,
                transaction: Transaction::Unknown("a schema file is not a migration".into()),
                pending: false,
                status: FileStatus::Same,
                open: false,
                role: Role::Versioned,
                repeats: None,
                ignored: None,
                has_backward: false,
                backward: None,
            };
            match parts.iter_mut().find(|(_, held)| held.is_disjoint(&creates)) {
                Some((reads, held)) => {
                    reads.push(read);
                    held.extend(creates);
                }
                None => parts.push((vec![read], creates)),
            }
        }
        for (reads, _) in parts {
            let source = match reads.as_slice() {
                [one] => one.path.clone(),
                _ => folder.clone(),
            };
            let mut database = empty(dialect, variant.clone(), source, settings, &discovery.servers);
            if let Some(set) = discovery.migration_sets.iter().find(|set| code::prints(set, &database.source)) {
                (database.printed_by, database.way_out) = (Some(set.tool.clone()), set.way_out.clone());
            }
            database.spoken = reads.iter().flat_map(|read| stated_names(&read.path, &read.text)).collect();
            database.spoken.sort();
            note_unread(workspace, replay(&mut database, reads, &[], keep));
            // Tables of the server itself, restated for a tool that reads queries: nothing here makes them.
            let restated = |table: &&mut Table| dialect == Dialect::Postgres && table.name.name.starts_with("pg_");
            database.tables.iter_mut().filter(restated).for_each(|table| table.external = true);
            databases.push(database);
        }
    }
    databases
}

/// The names of the tables that a script creates for certain.
fn created(forward: &Forward, text: &str) -> HashSet<Name> {
    let mut names = HashSet::new();
    forward.look(text, |statement| {
        for op in &statement.ops {
            if let Change::CreateTable(def) = &op.change
                && !def.if_not_exists
            {
                names.insert(def.name.name.clone());
            }
        }
        ControlFlow::Continue(())
    });
    names
}
