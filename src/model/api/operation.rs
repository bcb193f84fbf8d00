//! Operations and their neighbours.

use super::Api;
use super::cursor::{Cursor, Pin, spanned};
use super::document::{DocumentRef, Version};
use super::kept::{Kept, KeptCursor, KeptMedia, KeptResponse, pin_of};
use super::parameter::{Location, ParameterRef};
use super::response::{MediaRef, ResponseRef, Status};
use super::schema::{Property, SchemaRef};
use crate::documents::NodeRef;
use crate::source::{Span, Spanned};
use std::sync::OnceLock;

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// `GET`.
    Get,
    /// `PUT`.
    Put,
    /// `POST`.
    Post,
    /// `DELETE`.
    Delete,
    /// `OPTIONS`.
    Options,
    /// `HEAD`.
    Head,
    /// `PATCH`.
    Patch,
    /// `TRACE`.
    Trace,
    /// `QUERY`, from 3.2.
    Query,
    /// Any other, from 3.2: an entry of `additionalOperations`. Its name is that of the operation.
    Other,
}

impl Method {
    const ALL: [(Method, &'static str, &'static str); 9] = [
        (Method::Get, "get", "GET"),
        (Method::Put, "put", "PUT"),
        (Method::Post, "post", "POST"),
        (Method::Delete, "delete", "DELETE"),
        (Method::Options, "options", "OPTIONS"),
        (Method::Head, "head", "HEAD"),
        (Method::Patch, "patch", "PATCH"),
        (Method::Trace, "trace", "TRACE"),
        (Method::Query, "query", "QUERY"),
    ];

    pub(super) fn parse(key: &str) -> Option<Method> {
        Method::ALL.iter().find(|(_, name, _)| *name == key).map(|(method, _, _)| *method)
    }

    /// The name in capitals; empty for one that OpenAPI has no key for, see [`OperationRef::method_name`].
    pub fn name(self) -> &'static str {
        Method::ALL.iter().find(|(method, _, _)| *method == self).map_or("", |(_, _, name)| name)
    }
}

/// A part of a path between slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Written out.
    Literal(&'a str),
    /// A parameter, by name; what stands around the braces is left out.
    Parameter(&'a str),
}

/// What is kept of an operation; all else is asked of the tree.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) document: u32,
    pub(super) method: Method,
    pub(super) path_key: Pin,
    pub(super) method_key: Pin,
    pub(super) item: Pin,
    pub(super) node: Pin,
    /// The path with every parameter as `{}`, without suffixes: `/orders/{}`.
    pub(super) normal: String,
    /// Whether another document owns it: it is reached by reference from there too.
    pub(super) is_repeated: bool,
    /// What kind of call it is.
    pub(super) role: Role,
    /// The operation that declares it, for callbacks.
    pub(super) parent: Option<u32>,
    pub(super) kept: Kept,
}

/// Who calls whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Clients call the service.
    Served,
    /// The service calls an address that a client gave it in the request that declares the callback.
    Callback,
    /// The service calls an address that was arranged otherwise (`webhooks`, `x-webhooks`).
    Webhook,
}

/// An operation: a method of a path.
#[derive(Clone, Copy)]
pub struct OperationRef<'a> {
    pub(super) api: &'a Api,
    pub(super) at: u32,
}

impl PartialEq for OperationRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl std::fmt::Debug for OperationRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.subject())
    }
}

/// A name that an operation gives to the thing that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceName<'a> {
    /// As written: `order-items`, `OrderItem`.
    pub name: &'a str,
    /// Where.
    pub span: Span,
    /// What gave it: `path`, `tag`, `response` or `request` (names of schemas).
    pub origin: &'static str,
}

/// The segments of a path; pseudo queries and fragments are left out.
pub(super) fn segments(path: &str) -> impl Iterator<Item = Segment<'_>> {
    let path = path.split(['?', '#']).next().unwrap_or("");
    path.split('/').filter(|segment| !segment.is_empty()).map(|segment| {
        let template = segment.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
        template.map_or(Segment::Literal(segment), |(name, _)| Segment::Parameter(name))
    })
}

/// The path with every parameter as `{}`, without a slash at the end and without the suffixes of formats.
pub(super) fn normal_path(path: &str) -> String {
    let mut normal = String::new();
    for segment in segments(path) {
        normal.push('/');
        match segment {
            Segment::Parameter(_) => normal.push_str("{}"),
            Segment::Literal(name) => normal.push_str(name.strip_suffix(".json").unwrap_or(name)),
        }
    }
    normal
}

impl<'a> OperationRef<'a> {
    /// Its number among all operations that the documents write, those that nobody serves included.
    pub fn number(self) -> u32 {
        self.at
    }

    pub(super) fn new(api: &'a Api, at: u32) -> OperationRef<'a> {
        OperationRef { api, at }
    }

    pub(super) fn data(self) -> &'a Operation {
        &self.api.operations[self.at as usize]
    }

    /// The operation itself, references followed.
    pub(super) fn cursor(self) -> Option<Cursor<'a>> {
        self.api.node(self.data().node).map(|node| Cursor::new(self.api, node))
    }

    pub(super) fn item(self) -> Option<Cursor<'a>> {
        self.api.node(self.data().item).map(|node| Cursor::new(self.api, node))
    }

    fn key(self, pin: Pin) -> Span {
        self.api.node(pin).map_or(Span { source: pin.source, start: 0, end: 0 }, NodeRef::span)
    }

    /// The entry document that has it.
    pub fn document(self) -> DocumentRef<'a> {
        DocumentRef::new(self.api, self.data().document)
    }

    /// Whether another entry document has the same operation, to which it belongs: there it is judged.
    pub fn is_repeated(self) -> bool {
        self.data().is_repeated
    }

    /// `GET /orders`; `webhook POST newOrder` and `callback POST {$request.body#/url}` for what the service calls.
    pub fn subject(self) -> String {
        match self.data().role {
            Role::Served => format!("{} {}", self.method_name(), self.path()),
            Role::Callback => format!("callback {} {}", self.method_name(), self.path()),
            Role::Webhook => format!("webhook {} {}", self.method_name(), self.path()),
        }
    }

    /// Its method.
    pub fn method(self) -> Method {
        self.data().method
    }

    /// Its path as written.
    pub fn path(self) -> &'a str {
        self.api.node(self.data().path_key).and_then(NodeRef::text).unwrap_or("")
    }

    /// Its path with every parameter as `{}`.
    pub fn normal_path(self) -> &'a str {
        &self.data().normal
    }

    /// The parts of its path.
    pub fn segments(self) -> Vec<Segment<'a>> {
        segments(self.path()).collect()
    }

    /// The last part of its path, where that is written out.
    pub fn last_literal(self) -> Option<&'a str> {
        match segments(self.path()).last()? {
            Segment::Literal(name) => Some(name.strip_suffix(".json").unwrap_or(name)),
            Segment::Parameter(_) => None,
        }
    }

    /// Where the path is written.
    pub fn path_span(self) -> Span {
        self.key(self.data().path_key)
    }

    /// Everything that is written under its method, and the method.
    fn extent(self) -> Option<Span> {
        let (key, node) = (self.span(), self.api.node(self.data().node)?.span());
        Some(if key.source == node.source { Span { start: key.start.min(node.start), ..node } } else { node })
    }

    /// Where the method is written: the place of the operation. With a split document it lies in another file than the path.
    pub fn span(self) -> Span {
        self.key(self.data().method_key)
    }

    /// `operationId`.
    pub fn operation_id(self) -> Option<&'a str> {
        self.cursor()?.text("operationId")
    }

    /// `summary` and `description`, as far as they are there.
    pub fn prose(self) -> impl Iterator<Item = &'a str> {
        let cursor = self.cursor();
        ["summary", "description"].into_iter().filter_map(move |key| cursor?.text(key))
    }

    /// Its tags with their places.
    pub fn tags(self) -> Vec<Spanned<&'a str>> {
        let tags = self.cursor().and_then(|cursor| cursor.raw("tags")).map(NodeRef::items);
        tags.into_iter().flatten().filter_map(spanned).collect()
    }

    /// Whether it is marked as deprecated.
    pub fn is_deprecated(self) -> bool {
        self.cursor().is_some_and(|cursor| cursor.flag("deprecated"))
    }

    /// Whether callers must say who they are: its own `security`, else the document's.
    pub fn is_secured(self) -> bool {
        let own = self.cursor().and_then(|cursor| cursor.raw("security"));
        let list = own.or_else(|| self.document().root()?.raw("security"));
        list.is_some_and(|list| list.items().any(|need| need.entries().len() > 0))
    }

    /// Whether everything that it says could be read: no reference of its own that leads nowhere, no error inside it.
    pub fn is_known(self) -> bool {
        *self.data().kept.is_known.get_or_init(|| self.find_whether_known())
    }

    fn find_whether_known(self) -> bool {
        let Some((cursor, item)) = self.cursor().zip(self.item()) else { return false };
        let whole = |cursor: Cursor| {
            let span = cursor.span();
            cursor.known && !cursor.node.tree().problems().iter().any(|problem| span.contains(problem.span))
        };
        let parameters = || cursor.items("parameters").into_iter().chain(item.items("parameters"));
        whole(item) && whole(cursor) && parameters().all(|parameter| parameter.known)
    }

    pub(super) fn media_names(self, key: &str) -> Vec<&'a str> {
        let own = self.cursor().and_then(|cursor| cursor.raw(key));
        let list = own.or_else(|| self.document().root()?.raw(key));
        let names: Vec<&str> = list.map(NodeRef::items).into_iter().flatten().filter_map(NodeRef::text).collect();
        if names.is_empty() { vec!["application/json"] } else { names }
    }

    /// 2.0: the media types of its responses.
    pub(super) fn produces(self) -> Vec<&'a str> {
        self.media_names("produces")
    }

    /// 2.0: the media types of its request bodies.
    pub(super) fn consumes(self) -> Vec<&'a str> {
        self.media_names("consumes")
    }

    /// The media types of its request body. Form fields of 2.0 have no schema of their own here, see
    /// [`OperationRef::request_properties`].
    pub fn request_media(self) -> Vec<MediaRef<'a>> {
        if self.document().version() != Version::V2 {
            let content = || self.cursor().and_then(|cursor| cursor.get("requestBody")?.get("content"));
            let kept = self.data().kept.request_media.get_or_init(|| KeptMedia::all(content()));
            return kept.iter().filter_map(|media| media.view(self.api)).collect();
        }
        let parameters = self.raw_parameters();
        let carried = parameters.iter().find(|parameter| matches!(parameter.text("in"), Some("body" | "formData")));
        let Some(body) = carried else { return Vec::new() };
        let schema = body.get("schema").map(|cursor| SchemaRef { cursor });
        let span = body.raw("name").map_or(body.span(), NodeRef::span);
        self.media_names("consumes").into_iter().map(|name| MediaRef { name, span, schema, cursor: None }).collect()
    }

    /// The schema of its request body: that of its JSON media type, else of the first one.
    pub fn request_schema(self) -> Option<SchemaRef<'a>> {
        preferred(&self.request_media())?.schema
    }

    /// The properties of its request body; the fields of a 2.0 form.
    pub fn request_properties(self) -> Vec<Property<'a>> {
        if let Some(schema) = self.request_schema() {
            return schema.properties();
        }
        let fields = self.raw_parameters().into_iter().filter(|parameter| parameter.text("in") == Some("formData"));
        fields
            .filter_map(|cursor| {
                let name = cursor.raw("name")?;
                let (span, required) = (name.span(), cursor.flag("required"));
                Some(Property { name: name.text()?, span, schema: SchemaRef { cursor }, required, key: name })
            })
            .collect()
    }

    /// Its responses in order.
    pub fn responses(self) -> Vec<ResponseRef<'a>> {
        let kept = self.data().kept.responses.get_or_init(|| {
            let responses = self.cursor().and_then(|cursor| cursor.get("responses")).map(Cursor::entries).unwrap_or_default();
            let keep = |(key, cursor): (NodeRef, Cursor)| {
                let (status, cursor) = (Status::parse(key.text()?)?, KeptCursor::of(cursor));
                Some(KeptResponse { key: pin_of(key), cursor, status, media: OnceLock::new() })
            };
            responses.into_iter().filter_map(keep).collect()
        });
        let view = |kept: &'a KeptResponse| {
            let (key, cursor) = (self.api.node(kept.key)?, kept.cursor.view(self.api)?);
            Some(ResponseRef { operation: self, key, cursor, status: kept.status, kept })
        };
        kept.iter().filter_map(view).collect()
    }

    /// The response that a caller hopes for: 200, else 201, else the first 2xx, else `default`.
    pub fn success(self) -> Option<ResponseRef<'a>> {
        let all = self.responses();
        let find = |wanted: &dyn Fn(Status) -> bool| all.iter().copied().find(|response| wanted(response.status()));
        find(&|status| status == Status::Code(200))
            .or_else(|| find(&|status| status == Status::Code(201)))
            .or_else(|| find(&|status| status.class() == Some(2)))
            .or_else(|| find(&|status| status == Status::Default).filter(|response| !response.is_error()))
    }

    /// The media type of the successful response: JSON where there is some.
    pub fn success_media(self) -> Option<MediaRef<'a>> {
        preferred(&self.success()?.media())
    }

    /// The schema of the successful response.
    pub fn success_schema(self) -> Option<SchemaRef<'a>> {
        self.success_media()?.schema
    }

    /// Operations of the document at its path, itself included.
    pub fn siblings(self) -> Vec<OperationRef<'a>> {
        self.document().at_path(self.normal_path()).collect()
    }

    /// Operations on one item of this collection: those at `/orders/{id}` for `/orders`. Empty where there are none.
    pub fn item_siblings(self) -> Vec<OperationRef<'a>> {
        self.document().at_path(&format!("{}/{{}}", self.normal_path())).collect()
    }

    /// Names for the thing that it is about, the most telling first: the last words of its path, schema names, tags.
    pub fn resource_names(self) -> Vec<ResourceName<'a>> {
        let span = self.path_span();
        let mut names: Vec<ResourceName> = Vec::new();
        for segment in self.segments().into_iter().rev() {
            if let Segment::Literal(name) = segment {
                names.push(ResourceName { name, span, origin: "path" });
            }
        }
        let response = self.success_schema().map(|schema| self.list().and_then(|list| list.items).unwrap_or(schema));
        for (schema, origin) in [(response, "response"), (self.request_schema(), "request")] {
            if let Some((schema, name)) = schema.and_then(|schema| Some((schema, schema.core().name().or(schema.name())?))) {
                names.push(ResourceName { name, span: schema.definition_span(), origin });
            }
        }
        names.extend(self.tags().into_iter().map(|tag| ResourceName { name: tag.value, span: tag.span, origin: "tag" }));
        names
    }

    /// Whether its only good answers send the caller elsewhere: such an operation reports errors in the target's address.
    pub fn only_redirects(self) -> bool {
        let classes: Vec<Option<u16>> = self.responses().iter().map(|response| response.status().class()).collect();
        classes.contains(&Some(3)) && !classes.contains(&Some(2))
    }

    /// Whether it is marked as no part of the public interface.
    pub(super) fn is_internal(self) -> bool {
        [self.cursor(), self.item()].into_iter().flatten().any(|cursor| cursor.flag("x-internal"))
    }

    /// Whether it says what a wrong request is answered with: a 4xx code, `4XX`, or `default`.
    pub fn documents_client_errors(self) -> bool {
        let statuses = self.responses().into_iter().map(ResponseRef::status);
        statuses.into_iter().any(|status| status == Status::Default || status.class() == Some(4))
    }

    /// Whether its caller must give it something, which may not be valid: a body, a part of the path, a required parameter.
    pub(super) fn has_input(self) -> bool {
        let required = |parameter: &ParameterRef| parameter.location() != Location::Cookie && parameter.is_required();
        self.parameters().iter().any(required) || !self.request_media().is_empty()
    }
}

/// JSON where there is some, else the first.
fn preferred<'a>(media: &[MediaRef<'a>]) -> Option<MediaRef<'a>> {
    media.iter().find(|one| one.is_json()).or(media.first()).copied()
}

impl Api {
    /// The operation that a place belongs to: what is written under its method, or the path that it is the first to have. `None` for what
    /// several may share.
    pub fn operation_at(&self, place: Span) -> Option<OperationRef<'_>> {
        let holds = |span: Span| span.source == place.source && span.start <= place.start && place.end <= span.end;
        let mut all = self.operations();
        all.find(|operation| holds(operation.span()) || operation.path_span() == place || operation.extent().is_some_and(holds))
    }
}
