//! Every schema of the documents, once, at its place of definition, with where it is used.

use super::Api;
use super::component::ComponentRef;
use super::cursor::{Cursor, Pin};
use super::document::{DocumentRef, Version};
use super::schema::SchemaRef;
use super::walk::table::{Type, table};
use super::walk::{NONE, Part, Uses};
use crate::documents::NodeRef;
use crate::source::Span;

/// A schema where it is defined. In 2.0 a parameter or header that carries the words of a schema itself is one too.
#[derive(Clone, Copy)]
pub struct SchemaPart<'a> {
    pub(super) api: &'a Api,
    pub(super) at: u32,
    pub(super) part: Part,
    pub(super) node: NodeRef<'a>,
}

impl std::fmt::Debug for SchemaPart<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "schema {}", self.pointer())
    }
}

/// The name of the object that a part is; empty for maps.
pub(super) fn object_name(part: Part) -> &'static str {
    let table = table();
    match table.get(part.value) {
        Type::Object(at) => table.objects.get(*at as usize).map_or("", |object| object.name.as_str()),
        _ => "",
    }
}

/// Whether a part is a schema, or carries the words of one itself.
pub(super) fn is_schema(api: &Api, part: Part) -> bool {
    let has = |holds: &dyn Fn(NodeRef) -> bool| api.node(Pin { source: part.source, node: part.node }).is_some_and(holds);
    match object_name(part) {
        "schema" => !part.is_reference || has(&|node| node.entries().len() > 1),
        "parameter" | "header" => !part.is_reference && has(&|node| node.get("type").is_some() && node.get("schema").is_none()),
        _ => false,
    }
}

impl Api {
    /// Every schema of all documents, in the order in which they are met; references are left out, except where what
    /// stands beside them counts (3.1 and later).
    pub fn schemas(&self) -> impl Iterator<Item = SchemaPart<'_>> {
        self.walk().schemas.iter().filter_map(|at| SchemaPart::numbered(self, *at))
    }
}

impl<'a> DocumentRef<'a> {
    /// The schemas that this document was the first to lead to, each once, in the order in which they are met.
    pub fn schemas(self) -> impl Iterator<Item = SchemaPart<'a>> {
        let all = self.api.walk().schemas_by_document.get(self.at as usize).into_iter().flatten();
        all.filter_map(move |at| SchemaPart::numbered(self.api, *at))
    }
}

impl<'a> SchemaPart<'a> {
    pub(super) fn new(api: &'a Api, at: u32, part: Part) -> Option<SchemaPart<'a>> {
        if is_schema(api, part) { SchemaPart::numbered(api, at) } else { None }
    }

    /// The part of a number that is known to be a schema.
    pub(super) fn numbered(api: &'a Api, at: u32) -> Option<SchemaPart<'a>> {
        let part = api.walk().part(at)?;
        let node = api.node(Pin { source: part.source, node: part.node })?;
        Some(SchemaPart { api, at, part, node })
    }

    /// The schema of a node that the walk came by.
    pub(super) fn at(api: &'a Api, pin: Pin) -> Option<SchemaPart<'a>> {
        let at = api.walk().part_of(pin)?;
        SchemaPart::new(api, at, api.walk().part(at)?)
    }

    /// The schema.
    pub fn schema(self) -> SchemaRef<'a> {
        SchemaRef { cursor: Cursor::new(self.api, self.node) }
    }

    /// The entry document that led to it first.
    pub fn document(self) -> DocumentRef<'a> {
        DocumentRef::new(self.api, self.part.document)
    }

    /// The version that it follows.
    pub fn version(self) -> Version {
        self.document().version()
    }

    /// Its name: the component, the property, the file that it is; `None` for items, parts of `allOf` and the like.
    pub fn key(self) -> Option<&'a str> {
        self.key_node().and_then(NodeRef::text)
    }

    fn key_node(self) -> Option<NodeRef<'a>> {
        self.api.node(Pin { source: self.part.source, node: self.part.key? })
    }

    /// The place to point at: its key, or itself where it has none.
    pub fn span(self) -> Span {
        self.key_node().map_or(self.node.span(), NodeRef::span)
    }

    /// Where it stands in its file, as a JSON pointer: `/components/schemas/Order/properties/id`.
    pub fn pointer(self) -> String {
        self.node.pointer()
    }

    /// What findings about it are about: `schema /components/schemas/Order/properties/id`.
    pub fn subject(self) -> String {
        format!("schema {}", self.pointer())
    }

    pub(super) fn uses(self) -> Uses {
        self.api.walk().uses.get(self.at as usize).copied().unwrap_or_default()
    }

    /// Whether clients send it: in a body, as a parameter, or as the answer to a webhook.
    pub fn is_sent_by_clients(self) -> bool {
        self.uses().has(Uses::REQUEST)
    }

    /// Whether the service sends it: in a response, or as the body of a webhook.
    pub fn is_sent_by_service(self) -> bool {
        self.uses().has(Uses::RESPONSE)
    }

    /// Whether it is (part of) a parameter.
    pub fn is_of_parameter(self) -> bool {
        self.uses().has(Uses::PARAMETER)
    }

    /// Whether it is (part of) a response header.
    pub fn is_of_header(self) -> bool {
        self.uses().has(Uses::HEADER)
    }

    /// Whether any operation reaches it. Not so for what only unused components hold.
    pub fn is_reached(self) -> bool {
        self.uses().is_reached()
    }

    /// The schema around it, whose property, item or alternative it is; `None` for a schema of its own.
    pub fn within(self) -> Option<SchemaPart<'a>> {
        let walk = self.api.walk();
        let up = |at: &u32| walk.part(*at).map(|part| part.parent).filter(|parent| *parent != NONE);
        // Between a schema and its property stands the map of properties.
        let mut around = std::iter::successors(Some(self.part.parent).filter(|at| *at != NONE), up).take(2);
        around.find_map(|at| SchemaPart::new(self.api, at, walk.part(at)?))
    }
}

impl ComponentRef<'_> {
    pub(super) fn uses(self) -> Uses {
        let (walk, api) = (self.cursor.api.walk(), self.cursor.api);
        let own = super::cursor::pin(self.cursor.written);
        let _ = api;
        walk.part_of(own).and_then(|at| walk.uses.get(at as usize).copied()).unwrap_or_default()
    }

    /// Whether some reference in any document of the repository leads to it, wherever that stands; references inside the
    /// component itself do not count. Says nothing of names: security schemes are named by requirements, schemas by
    /// discriminators.
    pub fn is_referred_to(self) -> bool {
        self.uses().has(Uses::REFERRED)
    }

    /// Whether an operation, webhook or callback of any document reaches it by references.
    pub fn is_reached(self) -> bool {
        self.uses().is_reached()
    }
}
