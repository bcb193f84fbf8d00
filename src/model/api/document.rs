//! Entry documents.

use super::convention::{self, Conventions};
use super::cursor::{Cursor, Pin, pin};
use super::kept::Kept;
use super::operation::{self, Method, Operation, OperationRef, Role};
use super::reach::Entry;
use super::{Api, Map, outgoing, words};
use crate::documents::NodeRef;
use crate::model::standards::Standards;
use crate::source::Span;

/// Which specification a document follows, as far as its shape differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// 2.0: bodies are parameters, media types stand beside them.
    V2,
    /// 3.0: `nullable`, `type` is one word.
    V3,
    /// 3.1: JSON Schema, webhooks. Also what says another 3.x, or no version that is known.
    V31,
    /// 3.2: `QUERY`, other methods, streams of items, whole query strings.
    V32,
}

/// What is kept of an entry document; all else is asked of its tree.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) path: String,
    pub(super) root: Pin,
    pub(super) version: Version,
    /// How many other files it refers to.
    pub(super) files: usize,
    /// What the configuration asks of it.
    pub(super) standards: Standards,
    /// Operations by path with all parameters named alike, in order.
    pub(super) by_path: Map<String, Vec<u32>>,
    /// Operations by the last part of that path, and by all that stands before it.
    pub(super) by_end: Map<String, Vec<u32>>,
    pub(super) by_parent: Map<String, Vec<u32>>,
    pub(super) operations: std::ops::Range<u32>,
    /// Webhooks and callbacks, right after its operations.
    pub(super) outgoing: std::ops::Range<u32>,
}

/// An entry document.
#[derive(Clone, Copy)]
pub struct DocumentRef<'a> {
    pub(super) api: &'a Api,
    pub(super) at: u32,
}

impl std::fmt::Debug for DocumentRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.path())
    }
}

/// Which specification a document says that it follows.
pub(super) fn version_of(root: NodeRef) -> Version {
    match (root.get_text("swagger"), root.get_text("openapi")) {
        (Some(_), _) => Version::V2,
        (None, Some(version)) if version.starts_with("3.0") => Version::V3,
        (None, Some(version)) if version.starts_with("3.2") => Version::V32,
        _ => Version::V31,
    }
}

/// Adds an entry document and its operations.
pub(super) fn read(api: &mut Api, entry: &Entry, standards: Standards) {
    let document = api.documents.len() as u32;
    let first = api.operations.len() as u32;
    let Some(root) = api.node(entry.root).map(|node| Cursor::new(api, node)) else { return };
    let version = version_of(root.node);
    let mut operations = Vec::new();
    let mut by_path: Map<String, Vec<u32>> = Map::default();
    for (path_key, item) in root.get("paths").map(Cursor::entries).unwrap_or_default() {
        let Some(path) = path_key.text().filter(|path| path.starts_with('/')) else { continue };
        let before = operations.len();
        read_item(&mut operations, (document, Role::Served, None), path_key, item, &operation::normal_path(path));
        let added = first + before as u32..first + operations.len() as u32;
        if let Some(one) = operations.last().filter(|_| !added.is_empty()) {
            by_path.entry(one.normal.clone()).or_default().extend(added);
        }
    }
    let last = first + operations.len() as u32;
    outgoing::read(root, document, first, &mut operations);
    let outgoing = last..first + operations.len() as u32;
    let (mut by_end, mut by_parent): (Map<String, Vec<u32>>, Map<String, Vec<u32>>) = Default::default();
    for (at, operation) in (first..last).zip(&operations) {
        let (parent, end) = operation.normal.rsplit_once('/').unwrap_or(("", &operation.normal));
        by_end.entry(end.to_owned()).or_default().push(at);
        by_parent.entry(parent.to_owned()).or_default().push(at);
    }
    api.operations.extend(operations);
    api.documents.push(Document {
        path: entry.path.clone(),
        root: entry.root,
        version,
        files: entry.files,
        standards,
        by_path,
        by_end,
        by_parent,
        operations: first..last,
        outgoing,
    });
}

/// Adds the operations of a path item, those with a method that OpenAPI has no key for last.
pub(super) fn read_item(
    operations: &mut Vec<Operation>,
    (document, role, parent): (u32, Role, Option<u32>),
    path_key: NodeRef,
    item: Cursor,
    normal: &str,
) {
    let mut add = |method: Method, method_key: NodeRef, written: Cursor| {
        if written.node.is_map() {
            operations.push(Operation {
                document,
                method,
                path_key: pin(path_key),
                method_key: pin(method_key),
                item: pin(item.written),
                node: pin(written.written),
                normal: normal.to_owned(),
                is_repeated: false,
                role,
                parent,
                kept: Kept::default(),
            });
        }
    };
    let entries = item.entries();
    for (key, written) in &entries {
        if let Some(method) = key.text().and_then(Method::parse) {
            add(method, *key, *written);
        }
    }
    if let Some((_, others)) = entries.iter().find(|(key, _)| key.text() == Some("additionalOperations")) {
        others.entries().into_iter().for_each(|(key, written)| add(Method::Other, key, written));
    }
}

impl<'a> DocumentRef<'a> {
    pub(super) fn new(api: &'a Api, at: u32) -> DocumentRef<'a> {
        DocumentRef { api, at }
    }

    pub(super) fn data(self) -> &'a Document {
        &self.api.documents[self.at as usize]
    }

    pub(super) fn root(self) -> Option<Cursor<'a>> {
        self.api.node(self.data().root).map(|node| Cursor::new(self.api, node))
    }

    /// Its path.
    pub fn path(self) -> &'a str {
        &self.data().path
    }

    /// Which specification it follows.
    pub fn version(self) -> Version {
        self.data().version
    }

    /// How many other files references lead to from it, directly or through each other.
    pub fn files(self) -> usize {
        self.data().files
    }

    /// What the configuration asks of it.
    pub fn standards(self) -> &'a Standards {
        &self.data().standards
    }

    /// `info.title`; empty where there is none.
    pub fn title(self) -> &'a str {
        self.root().and_then(|root| root.get("info")?.text("title")).unwrap_or("")
    }

    /// `info.version`; empty where there is none.
    pub fn api_version(self) -> &'a str {
        self.root().and_then(|root| root.get("info")?.text("version")).unwrap_or("")
    }

    /// What findings about the whole document are about.
    pub fn subject(self) -> String {
        format!("API {}", self.path())
    }

    /// `info.description`; some write it in a file of its own.
    pub fn description(self) -> Option<&'a str> {
        self.root()?.get("info")?.get("description")?.node.text()
    }

    /// The `paths` key: the place of what is true of all operations.
    pub fn paths_span(self) -> Option<Span> {
        self.root()?.entry("paths").map(|(key, _)| key.span())
    }

    /// Its operations as written.
    pub fn operations(self) -> impl Iterator<Item = OperationRef<'a>> {
        let api = self.api;
        self.data().operations.clone().map(move |at| OperationRef::new(api, at))
    }

    /// Its operations without those that another entry document owns.
    pub fn own_operations(self) -> impl Iterator<Item = OperationRef<'a>> {
        self.operations().filter(|operation| !operation.is_repeated())
    }

    /// The operations at a path whose parameters may be named otherwise: `/orders/{}`.
    pub(super) fn at_path(self, normal: &str) -> impl Iterator<Item = OperationRef<'a>> {
        let api = self.api;
        self.data().by_path.get(normal).into_iter().flatten().map(move |at| OperationRef::new(api, *at))
    }

    /// The operations whose path ends in this part, in order.
    pub(super) fn ending_in(self, part: &str) -> impl Iterator<Item = OperationRef<'a>> {
        let api = self.api;
        self.data().by_end.get(part).into_iter().flatten().map(move |at| OperationRef::new(api, *at))
    }

    /// The operations one part below a path whose parameters may be named otherwise, in order.
    pub(super) fn below(self, normal: &str) -> impl Iterator<Item = OperationRef<'a>> {
        let api = self.api;
        self.data().by_parent.get(normal).into_iter().flatten().map(move |at| OperationRef::new(api, *at))
    }

    /// Whether it calls procedures instead of naming things: nearly all POST, hardly a path with a parameter.
    pub fn is_rpc_style(self) -> bool {
        let (mut all, mut posts, mut templated) = (0, 0, 0);
        for operation in self.operations() {
            all += 1;
            posts += usize::from(operation.method() == Method::Post);
            templated += usize::from(operation.path().contains('{'));
        }
        all >= 5 && posts * 5 > all * 4 && templated * 5 < all
    }

    /// Whether it speaks of idempotency where it introduces itself, or names something after it: as good as a declaration
    /// everywhere.
    pub fn promises_idempotency(self) -> bool {
        let own = self.description().is_some_and(words::offers_idempotency);
        let tags = self.root().map(|root| root.items("tags")).unwrap_or_default();
        own || tags.iter().filter_map(|tag| tag.text("description")).any(words::offers_idempotency) || self.names_idempotency()
    }

    /// Its house style. Found out once for all documents.
    pub fn conventions(self) -> &'a Conventions {
        let all = self.api.conventions.get_or_init(|| self.api.documents().map(convention::detect).collect());
        &all[self.at as usize]
    }
}

/// Marks operations that several entry documents reach: they belong to the document in whose file they stand, else to the
/// first one.
pub(super) fn mark_repeated(api: &mut Api) {
    let mut owners: Map<Pin, (bool, usize)> = Map::default();
    for (at, operation) in api.operations.iter().enumerate() {
        let home =
            api.documents.get(operation.document as usize).is_some_and(|document| document.root.source == operation.node.source);
        let owner = owners.entry(operation.node).or_insert((home, at));
        if home && !owner.0 {
            *owner = (home, at);
        }
    }
    for (at, operation) in api.operations.iter_mut().enumerate() {
        let owner =
            owners.get(&operation.node).and_then(|(_, owner)| Some((*owner, api.documents.get(operation.document as usize)?)));
        operation.is_repeated =
            owner.is_some_and(|(owner, document)| owner != at && !document.operations.contains(&(owner as u32)));
        // A callback that many operations refer to is one thing.
        operation.is_repeated |= operation.role != Role::Served && owner.is_some_and(|(owner, _)| owner != at);
    }
}
