//! References as they are written: whether they lead anywhere, and what stands beside them in vain.

use super::Api;
use super::cursor::{Pin, reference, spanned};
use super::defect::kind_of;
use super::document::{DocumentRef, Version};
use super::reach::Lost;
use super::schema_part::object_name;
use super::walk::Part;
use crate::documents::NodeRef;
use crate::source::{Span, Spanned};

/// A `$ref` where it is written.
#[derive(Clone, Copy)]
pub struct ReferenceRef<'a> {
    api: &'a Api,
    part: Part,
    node: NodeRef<'a>,
    value: NodeRef<'a>,
}

impl std::fmt::Debug for ReferenceRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "reference {}", self.text())
    }
}

impl<'a> DocumentRef<'a> {
    /// The references that this document was the first to lead to, in the order in which they are met.
    pub fn references(self) -> impl Iterator<Item = ReferenceRef<'a>> {
        let (api, at) = (self.api, self.at);
        let own = api.walk().parts.iter().filter(move |part| part.document == at && part.is_reference);
        own.filter_map(move |part| {
            let node = api.node(Pin { source: part.source, node: part.node })?;
            Some(ReferenceRef { api, part: *part, node, value: reference(node)? })
        })
    }
}

impl<'a> ReferenceRef<'a> {
    /// What it refers to, as written.
    pub fn text(self) -> &'a str {
        self.value.text().unwrap_or("")
    }

    /// Where that is written.
    pub fn span(self) -> Span {
        self.value.span()
    }

    /// Where it stands in its file, as a JSON pointer.
    pub fn pointer(self) -> String {
        self.node.pointer()
    }

    /// What stands there by the specification: `schema`, `response`, `path item`.
    pub fn object(self) -> String {
        kind_of(self.part)
    }

    /// Why it leads nowhere, where that is certain. `None` also for what is not followed: URLs, files outside the root.
    pub fn lost(self) -> Option<Lost> {
        self.api.lost.get(&self.value.tree().source())?.get(self.text()).copied()
    }

    /// Keys beside `$ref` that say nothing in this version, each with the place of its value; extensions left out.
    pub fn ignored_siblings(self) -> Vec<(Spanned<&'a str>, Span)> {
        let version = self.api.documents.get(self.part.document as usize).map_or(Version::V31, |document| document.version);
        let counts = |key: &str| match (object_name(self.part), version >= Version::V31) {
            ("path-item", _) | ("schema", true) => true,
            (_, is_later) => key == "$ref" || key.starts_with("x-") || (is_later && matches!(key, "summary" | "description")),
        };
        let keys = self.node.entries().filter_map(|(key, value)| Some((spanned(key)?, value.span())));
        keys.filter(|(key, _)| !counts(key.value) && key.value != "<<").collect()
    }
}
