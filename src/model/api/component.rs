//! Components: what a document keeps to be referred to.

use super::cursor::{Cursor, Pin};
use super::document::{DocumentRef, Version};
use super::schema::SchemaRef;
use crate::documents::NodeRef;
use crate::source::Span;

/// What a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ComponentKind {
    /// `components/schemas`; `definitions` of 2.0.
    Schema,
    /// `components/responses`; `responses` of 2.0.
    Response,
    /// `components/parameters`; `parameters` of 2.0, bodies included.
    Parameter,
    /// `components/examples`.
    Example,
    /// `components/requestBodies`.
    RequestBody,
    /// `components/headers`.
    Header,
    /// `components/securitySchemes`; `securityDefinitions` of 2.0. Named by requirements, not referred to.
    SecurityScheme,
    /// `components/links`.
    Link,
    /// `components/callbacks`.
    Callback,
    /// `components/pathItems`, from 3.1.
    PathItem,
    /// `components/mediaTypes`, from 3.2.
    MediaType,
}

impl ComponentKind {
    /// Kind, key below `components`, key at the top of a 2.0 document, words for messages.
    const ALL: [(ComponentKind, &'static str, Option<&'static str>, &'static str); 11] = [
        (ComponentKind::Schema, "schemas", Some("definitions"), "schema"),
        (ComponentKind::Response, "responses", Some("responses"), "response"),
        (ComponentKind::Parameter, "parameters", Some("parameters"), "parameter"),
        (ComponentKind::Example, "examples", None, "example"),
        (ComponentKind::RequestBody, "requestBodies", None, "request body"),
        (ComponentKind::Header, "headers", None, "header"),
        (ComponentKind::SecurityScheme, "securitySchemes", Some("securityDefinitions"), "security scheme"),
        (ComponentKind::Link, "links", None, "link"),
        (ComponentKind::Callback, "callbacks", None, "callback"),
        (ComponentKind::PathItem, "pathItems", None, "path item"),
        (ComponentKind::MediaType, "mediaTypes", None, "media type"),
    ];

    /// How messages call it: `request body`.
    pub fn name(self) -> &'static str {
        ComponentKind::ALL.iter().find(|one| one.0 == self).map_or("", |one| one.3)
    }
}

/// A component of a document.
#[derive(Clone, Copy)]
pub struct ComponentRef<'a> {
    kind: ComponentKind,
    key: NodeRef<'a>,
    pub(super) cursor: Cursor<'a>,
}

impl std::fmt::Debug for ComponentRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.name())
    }
}

impl<'a> ComponentRef<'a> {
    /// What it is.
    pub fn kind(self) -> ComponentKind {
        self.kind
    }

    /// Its name.
    pub fn name(self) -> &'a str {
        self.key.text().unwrap_or("")
    }

    /// Where its name is written.
    pub fn span(self) -> Span {
        self.key.span()
    }

    /// Its identity, that of the thing itself where the component is a mere reference to it.
    pub fn pin(self) -> Pin {
        self.cursor.pin()
    }

    /// Whether it is a mere reference to something else.
    pub fn is_reference(self) -> bool {
        self.cursor.is_reference()
    }

    /// Whether its reference could be followed.
    pub fn is_known(self) -> bool {
        self.cursor.known
    }

    /// The schema, where it is one.
    pub fn schema(self) -> Option<SchemaRef<'a>> {
        (self.kind == ComponentKind::Schema).then_some(SchemaRef { cursor: self.cursor })
    }
}

impl<'a> DocumentRef<'a> {
    /// Its components by kind, then in order; extensions left out.
    pub fn components(self) -> Vec<ComponentRef<'a>> {
        let Some(root) = self.root() else { return Vec::new() };
        let below = root.get("components");
        let mut found = Vec::new();
        for (kind, key, key_of_2, _) in ComponentKind::ALL {
            let map = match (self.version(), key_of_2) {
                (Version::V2, Some(key)) => root.get(key),
                (Version::V2, None) => None,
                _ => below.and_then(|below| below.get(key)),
            };
            let entries = map.map(Cursor::entries).unwrap_or_default().into_iter();
            let named = entries.filter(|(key, _)| key.text().is_some_and(|key| !key.starts_with("x-")));
            found.extend(named.map(|(key, cursor)| ComponentRef { kind, key, cursor }));
        }
        found
    }

    /// The components of one kind, in order.
    pub fn components_of(self, kind: ComponentKind) -> Vec<ComponentRef<'a>> {
        self.components().into_iter().filter(|component| component.kind == kind).collect()
    }
}
