//! Paths: what holds for every operation below one key.

use super::cursor::Cursor;
use super::document::DocumentRef;
use super::operation::{self, OperationRef, Segment};
use super::parameter::ParameterRef;
use super::server::{self, ServerRef};
use crate::documents::NodeRef;
use crate::source::Span;

/// An entry of `paths`: its key and its path item.
#[derive(Clone, Copy)]
pub struct PathRef<'a> {
    document: DocumentRef<'a>,
    key: NodeRef<'a>,
    pub(super) cursor: Cursor<'a>,
}

impl std::fmt::Debug for PathRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

impl<'a> DocumentRef<'a> {
    /// The entries of `paths` in order, those without operations and without a leading slash included; extensions left out.
    pub fn paths(self) -> Vec<PathRef<'a>> {
        let entries = self.root().and_then(|root| root.get("paths")).map(Cursor::entries).unwrap_or_default().into_iter();
        let named = entries.filter(|(key, _)| key.text().is_some_and(|key| !key.starts_with("x-")));
        named.map(|(key, cursor)| PathRef { document: self, key, cursor }).collect()
    }
}

impl<'a> PathRef<'a> {
    /// The path as written.
    pub fn text(self) -> &'a str {
        self.key.text().unwrap_or("")
    }

    /// What findings about it are about: `path /orders/{id}`.
    pub fn subject(self) -> String {
        format!("path {}", self.text())
    }

    /// Where the key is written.
    pub fn span(self) -> Span {
        self.key.span()
    }

    /// The document that has it.
    pub fn document(self) -> DocumentRef<'a> {
        self.document
    }

    /// The path with every parameter as `{}`, without a slash at the end.
    pub fn normal(self) -> String {
        operation::normal_path(self.text())
    }

    /// Its parts between slashes.
    pub fn segments(self) -> Vec<Segment<'a>> {
        operation::segments(self.text()).collect()
    }

    /// The names between braces in order, each as often as it is written: `{a}.{b}` has two.
    pub fn template_names(self) -> Vec<&'a str> {
        let parts = self.text().split('{').skip(1);
        parts.filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
    }

    /// Its operations in order.
    pub fn operations(self) -> Vec<OperationRef<'a>> {
        let normal = self.normal();
        let same = self.document.at_path(&normal);
        same.filter(|operation| operation.path_span() == self.span()).collect()
    }

    /// The parameters that all its operations share, as declared, repeated ones included.
    pub fn parameters(self) -> Vec<ParameterRef<'a>> {
        self.cursor.items("parameters").into_iter().filter_map(ParameterRef::new).collect()
    }

    /// Whether its item is written elsewhere and referred to.
    pub fn is_reference(self) -> bool {
        self.cursor.is_reference()
    }

    /// Whether its item and all its shared parameters could be followed.
    pub fn is_known(self) -> bool {
        self.cursor.known && self.cursor.items("parameters").iter().all(|one| one.known)
    }

    /// The servers that hold for its operations instead of the document's; empty where it has none of its own.
    pub fn servers(self) -> Vec<ServerRef<'a>> {
        server::listed(self.cursor)
    }
}
