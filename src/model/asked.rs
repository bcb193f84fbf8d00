//! Parts of a model that another revision has too: what was asked of the tree while a part was made is noted, and where every answer is
//! the same, so is the part.

use super::api::Api;
use super::runtime::Runtime;
use super::schema::Database;
use super::workspace::Other;
use super::{Pending, Workspace};
use crate::diagnostic::Unread;
use crate::discover::{Artifact, Discovery, Kind, MigrationSet};
use crate::files::Listing;
use crate::source::SourceId;
use std::cell::RefCell;
use std::sync::Arc;

/// What holds for the paths that are asked for.
pub(super) type Like = fn(&str) -> bool;

/// What was asked of a tree of files.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// What was read, some more than once.
    pub(super) read: Vec<SourceId>,
    /// Whether something could not be read.
    pub(super) failed: bool,
    /// Paths of which only was asked whether there is a file, with the answers.
    pub(super) exists: Vec<(String, bool)>,
    /// The listing, where all of it was asked for.
    pub(super) listing: Option<Arc<Listing>>,
    /// The listing, and for which of its paths was asked.
    pub(super) like: Vec<(Arc<Listing>, Like)>,
}

/// Something that was made from a tree of files, with what was asked for it and what of that could not be read.
#[derive(Debug)]
pub(super) struct Made<T> {
    what: Arc<T>,
    asked: Asked,
    unread: Vec<Unread>,
}

/// The parts of a model that may be those of another revision too.
#[derive(Debug, Default)]
pub(super) struct Parts {
    api: Option<Made<Api>>,
    runtime: Option<Made<Runtime>>,
    /// The databases of migrations, in the order of their sets.
    databases: Vec<Option<Made<Database>>>,
    /// What was read of files of queries.
    pub(super) queries: super::queries::ByFile,
    /// What was judged.
    pending: Pending,
}

impl Parts {
    /// Notes what is judged in the model that is to be made.
    pub(super) fn begin(&mut self, pending: &Pending) {
        self.pending = pending.clone();
    }
}

impl Workspace<'_> {
    /// The API: that of the other revision, where all that it was made from is the same here.
    pub(super) fn api(&mut self, discovery: &Discovery, make: impl FnOnce(&mut Self) -> Api) -> Arc<Api> {
        let known = self.other.filter(|other| of_api(discovery).eq(of_api(other.discovery)));
        if let Some(known) = self.taken(known.and_then(|other| other.kept.parts.api.as_ref())) {
            return known;
        }
        let made = self.noting(make);
        self.parts.api.insert(made).what.clone()
    }

    /// The runtime: that of the other revision, where all that it was made from is the same here.
    pub(super) fn runtime(&mut self, discovery: &Discovery, make: impl FnOnce(&mut Self) -> Runtime) -> Arc<Runtime> {
        let known = self.other.filter(|other| of_runtime(discovery).eq(of_runtime(other.discovery)));
        if let Some(known) = self.taken(known.and_then(|other| other.kept.parts.runtime.as_ref())) {
            return known;
        }
        let made = self.noting(make);
        self.parts.runtime.insert(made).what.clone()
    }

    /// The database of a set of migrations: that of the other revision, where all that it was made from is the same here.
    pub(super) fn database(
        &mut self,
        set: &MigrationSet,
        discovery: &Discovery,
        make: impl FnOnce(&mut Self) -> Database,
    ) -> Arc<Database> {
        let pending = &self.parts.pending;
        let is_judged_alike = |other: &Other| match (pending, &other.kept.parts.pending) {
            (Pending::Changed(_), theirs @ Pending::Changed(_)) => {
                set.migrations.iter().all(|one| pending.status(&one.path) == theirs.status(&one.path))
            }
            (ours, theirs) => ours == theirs,
        };
        let is_same = |other: &Other| {
            let (ours, theirs) = (discovery, other.discovery);
            ours.servers == theirs.servers && ours.seeds == theirs.seeds && is_judged_alike(other)
        };
        let known = self.other.filter(is_same).and_then(|other| {
            let at = other.discovery.migration_sets.iter().position(|one| one == set)?;
            other.kept.parts.databases.get(at)?.as_ref()
        });
        if let Some(known) = self.taken(known) {
            self.parts.databases.push(None);
            return known;
        }
        let made = self.noting(make);
        let database = made.what.clone();
        self.parts.databases.push(Some(made));
        database
    }

    /// What the other revision has, with what could not be read for it, where all that was asked has the same answers here.
    fn taken<T>(&mut self, known: Option<&Made<T>>) -> Option<Arc<T>> {
        let made = known.filter(|made| self.answers_alike(&made.asked))?;
        self.unread.extend_from_slice(&made.unread);
        Some(made.what.clone())
    }

    /// Whether all that was asked of the other revision has the same answers here.
    fn answers_alike(&self, asked: &Asked) -> bool {
        let is_same = |id: &SourceId| matches!(self.by_path.get(&*self.sources.get(*id).path), Some(Ok(own)) if own == id);
        !asked.failed
            && asked.read.iter().all(is_same)
            && asked.exists.iter().all(|(path, is_there)| self.exists(path) == *is_there)
            && asked.listing.as_ref().is_none_or(|listing| **listing == *self.paths())
            && asked.like.iter().all(|(listing, is_like)| self.lists_alike(listing, *is_like))
    }

    /// Whether the listing of the other revision has the same ones of the paths for which something holds.
    fn lists_alike(&self, other: &Listing, is_like: Like) -> bool {
        let own = self.listed();
        !own.without(other).chain(other.without(own)).any(is_like)
    }

    /// Makes a part, and notes what is asked for it.
    fn noting<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Made<T> {
        self.asked = RefCell::default();
        let before = self.unread.len();
        let what = Arc::new(make(self));
        let unread = self.unread.get(before..).unwrap_or_default().to_vec();
        Made { what, asked: self.asked.take(), unread }
    }
}

/// What the API is made from, apart from what that refers to.
fn of_api(discovery: &Discovery) -> impl Iterator<Item = &Artifact> {
    discovery.artifacts.iter().filter(|one| one.kind == Kind::OpenApi)
}

/// What the runtime may be made from.
fn of_runtime(discovery: &Discovery) -> impl Iterator<Item = &Artifact> {
    discovery.artifacts.iter().filter(|one| !matches!(one.kind, Kind::OpenApi | Kind::Migration | Kind::Schema))
}
