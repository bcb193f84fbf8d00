//! Trees and statements to one model; the only place where artifacts meet.
//!
//! The model reads files only through a [`Workspace`], and gets its own [`Settings`], which the engine fills from the
//! configuration. Rules ask views; they never see trees or text. Joins are made once, in [`links`].

/// A view is what it looks at: the fields of an entity are those of its view with neighbours.
macro_rules! looks_like {
    ($view:ident, $field:ident, $inner:ty) => {
        impl ::std::ops::Deref for $view<'_> {
            type Target = $inner;
            fn deref(&self) -> &$inner {
                self.$field
            }
        }
    };
}

pub mod api;
mod asked;
pub mod boundaries;
pub mod callers;
pub mod demands;
pub mod links;
pub mod mentions;
pub mod owners;
pub mod queries;
pub mod runtime;
pub mod schema;
pub mod settings;
pub mod standards;
pub(crate) mod words;
pub mod workspace;

pub use settings::{FileStatus, Pending, Settings};
pub use workspace::{Kept, Other, Workspace};

use crate::diagnostic::Unread;
use crate::discover::Discovery;
use crate::files::Files;
use crate::source::Sources;
use std::sync::Arc;

/// Everything that rules may ask about, at one revision. The parts are shared, so that mixed models can be put together.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// Operations, parameters, responses, schemas.
    pub api: Arc<api::Api>,
    /// Databases: tables, columns, indexes, and the migrations that made them.
    pub schema: Arc<schema::Schema>,
    /// Statements that the application runs.
    pub queries: Arc<queries::Queries>,
    /// Services, proxies, timeouts.
    pub runtime: Arc<runtime::Runtime>,
    /// The joins between the parts.
    pub links: Arc<links::Links>,
    /// Where the application's code names what a pending migration takes away.
    pub mentions: Arc<mentions::Mentions>,
    /// Which clients in the repository still name what answers lost since the base; empty where nobody asked for it.
    pub callers: Arc<callers::Callers>,
    /// Which service a file belongs to.
    pub boundaries: Arc<boundaries::Boundaries>,
    /// What could not be read, sorted.
    pub unread: Vec<Unread>,
}

impl Model {
    /// Reads what `discovery` found. Sources are added to `sources`, which may already hold another revision's.
    pub fn build(files: &dyn Files, discovery: &Discovery, settings: &Settings, sources: &mut Sources) -> Model {
        Model::read(Workspace::new(files, sources, settings.threads), discovery, settings).0
    }

    /// Reads what `discovery` found through a workspace, and gives what the reading of another revision can use.
    pub fn read(mut workspace: Workspace, discovery: &Discovery, settings: &Settings) -> (Model, Kept) {
        for (path, reason) in &discovery.unread {
            workspace.note_unread(path, reason, None);
        }
        workspace.parts.begin(&settings.pending);
        let api = workspace.api(discovery, |workspace| api::read(workspace, discovery, settings));
        let schema = Arc::new(schema::read(&mut workspace, discovery, settings));
        let queries = Arc::new(queries::read(&mut workspace, discovery, settings, &schema));
        let runtime = workspace.runtime(discovery, |workspace| runtime::read(workspace, discovery, settings));
        let boundaries = Arc::new(boundaries::read(&workspace, discovery, &runtime, settings));
        let links = Arc::new(links::join(&api, &schema, &queries, &runtime, &boundaries, settings));
        let mentions = Arc::new(mentions::read(&mut workspace, &schema, settings));
        let (unread, kept) = workspace.leave();
        let callers = Arc::default();
        (Model { api, schema, queries, runtime, links, mentions, callers, boundaries, unread }, kept)
    }

    /// The interfaces of these documents alone: those that `discovery` found, and nothing beside them.
    pub fn read_api(mut workspace: Workspace, discovery: &Discovery, settings: &Settings) -> Model {
        let api = Arc::new(api::read(&mut workspace, discovery, settings));
        Model { api, unread: workspace.leave().0, ..Model::default() }
    }
}
