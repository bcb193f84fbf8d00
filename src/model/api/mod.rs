//! The HTTP interface: operations, parameters, responses and schemas, from OpenAPI documents of any version.
//!
//! A lenient view over document trees: nothing is copied, expanded or validated. References are followed when a view
//! asks; a thing has one identity, its file and node, however many references lead to it. What is absent: JSON Schema
//! validation, examples, links, and anything that a reference to a URL would say.

mod bound;
mod convention;
mod create;
mod cursor;
mod document;
mod error;
mod error_part;
mod json;
mod list;
mod mention;
mod operation;
mod page_sign;
mod paging;
mod parameter;
mod reach;
mod response;
mod schema;
mod security;
mod successor;
mod twin;
mod words;

pub use bound::LooseBound;
pub use convention::Conventions;
pub use create::{Create, KeyDeclaration};
pub use cursor::Pin;
pub use document::{DocumentRef, Version};
pub use error::{ErrorBody, Majority, Shape};
pub use json::to_json;
pub use list::List;
pub use operation::{Method, OperationRef, ResourceName, Segment};
pub use paging::{PageSize, Paging};
pub use parameter::{Location, ParameterRef};
pub use response::{MediaRef, ResponseRef, Status};
pub use schema::{Property, SchemaRef};
pub use twin::Twin;

use super::{Settings, Workspace};
use crate::discover::{Discovery, Kind};
use crate::documents::{NodeRef, Tree};
use crate::source::SourceId;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// The HTTP interface: operations, parameters, responses and schemas, from OpenAPI documents of any version.
#[derive(Debug, Default)]
pub struct Api {
    /// Every file that an entry document reaches.
    trees: HashMap<SourceId, Arc<Tree>>,
    /// Where each reference leads, by file and text; `None` where it leads nowhere that may be read.
    targets: HashMap<SourceId, HashMap<Box<str>, Option<cursor::Target>>>,
    /// Entry documents in order of path, twins left out.
    documents: Vec<document::Document>,
    /// Operations in the order of documents, paths and methods as written.
    operations: Vec<operation::Operation>,
    twins: Vec<Twin>,
    /// One for each document; found out when first asked for.
    conventions: OnceLock<Vec<Conventions>>,
}

impl Api {
    /// Entry documents in order of path. A twin of another one is left out.
    pub fn documents(&self) -> impl Iterator<Item = DocumentRef<'_>> {
        (0..self.documents.len() as u32).map(|at| DocumentRef::new(self, at))
    }

    /// Operations of all documents, in the order in which they are written. One that several documents reach comes once.
    pub fn operations(&self) -> impl Iterator<Item = OperationRef<'_>> {
        (0..self.operations.len() as u32).map(|at| OperationRef::new(self, at)).filter(|operation| !operation.is_repeated())
    }

    /// Documents that say the same as another one and so are not judged again.
    pub fn twins(&self) -> &[Twin] {
        &self.twins
    }

    /// The schema of this identity; `None` where there is no such node.
    pub fn schema(&self, pin: Pin) -> Option<SchemaRef<'_>> {
        self.node(pin).map(|node| SchemaRef { cursor: cursor::Cursor::new(self, node) })
    }

    fn node(&self, pin: Pin) -> Option<NodeRef<'_>> {
        self.trees.get(&pin.source).map(|tree| tree.node(pin.node))
    }

    fn target(&self, source: SourceId, reference: &str) -> Option<cursor::Target> {
        self.targets.get(&source)?.get(reference).copied().flatten()
    }
}

/// Reads this part: every entry document that `discovery` found, and every file that they reach by reference.
pub fn read(workspace: &mut Workspace, discovery: &Discovery, _settings: &Settings) -> Api {
    let entries = discovery.artifacts.iter().filter(|artifact| artifact.kind == Kind::OpenApi);
    let mut paths: Vec<String> = entries.map(|artifact| artifact.path.clone()).collect();
    paths.sort();
    paths.dedup();
    let reached = reach::reach(workspace, &paths);
    let mut api = Api { trees: reached.trees, targets: reached.targets, ..Api::default() };
    for entry in &reached.entries {
        document::read(&mut api, entry);
    }
    twin::set_apart(&mut api);
    document::mark_repeated(&mut api);
    api
}
