//! Request bodies, headers, links and examples: the parts of messages besides their schemas.

use super::cursor::{Cursor, Pin, spanned};
use super::document::Version;
use super::operation::OperationRef;
use super::parameter::ParameterRef;
use super::response::{MediaRef, ResponseRef, media_of};
use super::schema::SchemaRef;
use crate::documents::NodeRef;
use crate::source::{Span, Spanned};

/// The request body of an operation: `requestBody`, or the body and form parameters of 2.0.
#[derive(Clone, Copy)]
pub struct BodyRef<'a> {
    operation: OperationRef<'a>,
    cursor: Cursor<'a>,
    key: Span,
}

impl std::fmt::Debug for BodyRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "request body of {}", self.operation.subject())
    }
}

impl<'a> BodyRef<'a> {
    /// Where it is declared: the key `requestBody`, or the name of the (first) 2.0 parameter.
    pub fn span(self) -> Span {
        self.key
    }

    /// Whether a request must have it. In 2.0 a form is required when a field of it is.
    pub fn is_required(self) -> bool {
        let fields = self.operation.raw_parameters();
        let of_form = |one: &Cursor| one.text("in") == Some("formData") && one.flag("required");
        self.cursor.flag("required") || (self.cursor.text("in") == Some("formData") && fields.iter().any(of_form))
    }

    /// What it says about itself.
    pub fn description(self) -> Option<&'a str> {
        self.cursor.text("description")
    }

    /// The name of the component, where it is one.
    pub fn component_name(self) -> Option<&'a str> {
        self.cursor.reference_name()
    }

    /// Its identity, the same for all operations that refer to it.
    pub fn pin(self) -> Pin {
        self.cursor.pin()
    }

    /// Whether its reference could be followed.
    pub fn is_known(self) -> bool {
        self.cursor.known
    }

    /// Its media types.
    pub fn media(self) -> Vec<MediaRef<'a>> {
        self.operation.request_media()
    }
}

impl<'a> OperationRef<'a> {
    /// Its request body; `None` where it has none.
    pub fn request_body(self) -> Option<BodyRef<'a>> {
        if self.document().version() != Version::V2 {
            let cursor = self.cursor()?;
            let key = cursor.entry("requestBody")?.0.span();
            return Some(BodyRef { operation: self, cursor: cursor.get("requestBody")?, key });
        }
        let carried = |one: &Cursor| matches!(one.text("in"), Some("body" | "formData"));
        let cursor = self.raw_parameters().into_iter().find(carried)?;
        let key = cursor.raw("name").map_or(cursor.span(), NodeRef::span);
        Some(BodyRef { operation: self, cursor, key })
    }
}

/// A header of a response, or of a part of a multipart body.
#[derive(Clone, Copy)]
pub struct HeaderRef<'a> {
    /// Its name with its place. Headers have no case.
    pub name: Spanned<&'a str>,
    cursor: Cursor<'a>,
}

impl std::fmt::Debug for HeaderRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "header {}", self.name.value)
    }
}

impl<'a> HeaderRef<'a> {
    /// Whether its name is this one, in any case.
    pub fn is_named(self, name: &str) -> bool {
        self.name.value.eq_ignore_ascii_case(name)
    }

    /// What it holds; in 2.0 the header itself.
    pub fn schema(self) -> Option<SchemaRef<'a>> {
        if let Some(cursor) = self.cursor.get("schema") {
            return Some(SchemaRef { cursor });
        }
        self.cursor.raw("type").map(|_| SchemaRef { cursor: self.cursor })
    }

    /// What it says about itself.
    pub fn description(self) -> Option<&'a str> {
        self.cursor.text("description")
    }

    /// Whether the response always has it.
    pub fn is_required(self) -> bool {
        self.cursor.flag("required")
    }

    /// Whether its reference could be followed.
    pub fn is_known(self) -> bool {
        self.cursor.known
    }
}

impl<'a> ResponseRef<'a> {
    /// Its headers in order, names as written.
    pub fn header_list(self) -> Vec<HeaderRef<'a>> {
        let headers = self.cursor.get("headers").map(Cursor::entries).unwrap_or_default().into_iter();
        headers.filter_map(|(key, cursor)| Some(HeaderRef { name: spanned(key)?, cursor })).collect()
    }

    /// The header of this name, in any case.
    pub fn header(self, name: &str) -> Option<HeaderRef<'a>> {
        self.header_list().into_iter().find(|header| header.is_named(name))
    }

    /// `description`, which every response must have before 3.2.
    pub fn description(self) -> Option<&'a str> {
        self.cursor.text("description")
    }

    /// Its identity, the same for all operations that refer to it.
    pub fn pin(self) -> Pin {
        self.cursor.pin()
    }

    /// Where the response itself is written: the name of the component where it is one, else its key here.
    pub fn definition_span(self) -> Span {
        if self.is_shared() { self.cursor.definition_span() } else { self.key_span() }
    }

    /// Whether it says what its body holds: a schema, or (from 3.0 on) a media type.
    pub fn has_body(self) -> bool {
        !self.media().is_empty()
    }

    /// The names of its links.
    pub fn links(self) -> Vec<Spanned<&'a str>> {
        let links = self.cursor.get("links").map(Cursor::entries).unwrap_or_default();
        links.into_iter().filter_map(|(key, _)| spanned(key)).collect()
    }
}

impl<'a> OperationRef<'a> {
    /// The name of its method: `GET`; as written for one that OpenAPI has no key for.
    pub fn method_name(self) -> &'a str {
        let written = || self.api.node(self.data().method_key).and_then(NodeRef::text).unwrap_or("");
        Some(self.method().name()).filter(|name| !name.is_empty()).unwrap_or_else(written)
    }

    /// `operationId` with its place.
    pub fn operation_id_spanned(self) -> Option<Spanned<&'a str>> {
        self.cursor()?.spanned("operationId")
    }

    /// `summary`.
    pub fn summary(self) -> Option<Spanned<&'a str>> {
        self.cursor()?.spanned("summary")
    }

    /// `description`.
    pub fn description(self) -> Option<Spanned<&'a str>> {
        self.cursor()?.spanned("description")
    }

    /// The value of an extension (`x-...`) of the operation where that is a scalar, with its place.
    pub fn extension(self, name: &str) -> Option<Spanned<&'a str>> {
        self.cursor()?.spanned(name)
    }

    /// A scalar within an extension (`x-...`) of the operation, with its place.
    pub fn extension_part(self, name: &str, key: &str) -> Option<Spanned<&'a str>> {
        self.cursor()?.get(name)?.spanned(key)
    }

    /// Whether the operation has a key, extensions included.
    pub fn has_key(self, key: &str) -> bool {
        self.cursor().is_some_and(|cursor| cursor.raw(key).is_some())
    }

    /// Where its `responses` are written; `None` where it has none.
    pub fn responses_span(self) -> Option<Span> {
        self.cursor()?.entry("responses").map(|(key, _)| key.span())
    }

    /// The keys of its `responses` as written, extensions left out: those that are no status codes too.
    pub fn response_keys(self) -> Vec<Spanned<&'a str>> {
        let responses = self.cursor().and_then(|cursor| cursor.get("responses")).map(Cursor::entries).unwrap_or_default();
        let keys = responses.into_iter().filter_map(|(key, _)| spanned(key));
        keys.filter(|key| !key.value.starts_with("x-")).collect()
    }

    /// The parameters that it declares itself, as declared: repeated ones included, those of its path left out.
    pub fn declared_parameters(self) -> Vec<ParameterRef<'a>> {
        self.cursor()
            .map(|cursor| cursor.items("parameters"))
            .unwrap_or_default()
            .into_iter()
            .filter_map(ParameterRef::new)
            .collect()
    }
}

impl<'a> ParameterRef<'a> {
    /// Whether it says itself that it is required; path parameters must, see [`ParameterRef::is_required`].
    pub fn says_required(self) -> bool {
        self.cursor.flag("required")
    }

    /// Whether it is marked as deprecated.
    pub fn is_deprecated(self) -> bool {
        self.cursor.flag("deprecated")
    }

    /// How it is written into the request; the `collectionFormat` of 2.0.
    pub fn style(self) -> Option<Spanned<&'a str>> {
        self.cursor.spanned("style").or_else(|| self.cursor.spanned("collectionFormat"))
    }

    /// Its media types, where it has `content` instead of a schema.
    pub fn media(self) -> Vec<MediaRef<'a>> {
        self.cursor.get("content").map(media_of).unwrap_or_default()
    }

    /// Whether it has a key, extensions included.
    pub fn has_key(self, key: &str) -> bool {
        self.cursor.raw(key).is_some()
    }
}

impl<'a> MediaRef<'a> {
    /// How parts of a multipart or form body are written, by property; empty in 2.0.
    pub fn encodings(&self) -> Vec<Spanned<&'a str>> {
        let map = self.cursor.and_then(|cursor| cursor.get("encoding")).map(Cursor::entries).unwrap_or_default();
        map.into_iter().filter_map(|(key, _)| spanned(key)).collect()
    }

    /// 3.2: what each item of a stream holds.
    pub fn item_schema(&self) -> Option<SchemaRef<'a>> {
        self.cursor?.get("itemSchema").map(|cursor| SchemaRef { cursor })
    }
}
