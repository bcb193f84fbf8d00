//! Parameters, merged from the operation and its path item.

use super::cursor::{Cursor, Pin};
use super::kept::{KeptCursor, pin_of};
use super::operation::OperationRef;
use super::schema::SchemaRef;
use super::words;
use crate::source::{Span, Spanned};

/// Headers, in lower case, that OpenAPI from 3.0 on ignores as parameters: media types and security have places of their own.
pub const IGNORED_HEADERS: [&str; 3] = ["accept", "authorization", "content-type"];

/// Where a parameter stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Location {
    /// In the query string.
    Query,
    /// In the path.
    Path,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

impl Location {
    /// The word that documents use.
    pub fn name(self) -> &'static str {
        match self {
            Location::Query => "query",
            Location::Path => "path",
            Location::Header => "header",
            Location::Cookie => "cookie",
        }
    }

    fn parse(word: &str) -> Option<Location> {
        [Location::Query, Location::Path, Location::Header, Location::Cookie].into_iter().find(|one| one.name() == word)
    }
}

/// A parameter. Bodies and form fields of 2.0 are part of the request body instead.
#[derive(Clone, Copy)]
pub struct ParameterRef<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) name: &'a str,
    pub(super) location: Location,
}

impl std::fmt::Debug for ParameterRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "parameter {} in {}", self.name, self.location.name())
    }
}

impl<'a> ParameterRef<'a> {
    /// `None` for bodies, form fields, and what has no name or place.
    pub(super) fn new(cursor: Cursor<'a>) -> Option<ParameterRef<'a>> {
        let location = Location::parse(cursor.text("in")?)?;
        Some(ParameterRef { cursor, name: cursor.text("name")?, location })
    }

    /// Its name as written.
    pub fn name(self) -> &'a str {
        self.name
    }

    /// Where it stands in a request.
    pub fn location(self) -> Location {
        self.location
    }

    /// Whether a request must have it.
    pub fn is_required(self) -> bool {
        self.location == Location::Path || self.cursor.flag("required")
    }

    /// What it says about itself.
    pub fn description(self) -> Option<&'a str> {
        self.cursor.text("description").or_else(|| self.schema().and_then(SchemaRef::description))
    }

    /// The place where its name is declared: in the component, where it is one.
    pub fn span(self) -> Span {
        self.cursor.raw("name").map_or(self.cursor.span(), |name| name.span())
    }

    /// Where the operation mentions it.
    pub fn written_span(self) -> Span {
        self.cursor.written.span()
    }

    /// The reference by which the operation mentions it, as written. `None` where it is written out.
    pub fn written_reference(self) -> Option<&'a str> {
        self.cursor.written.get_text("$ref")
    }

    /// Whether it is a component that operations refer to.
    pub fn is_shared(self) -> bool {
        self.cursor.is_reference()
    }

    /// The name of the component.
    pub fn component_name(self) -> Option<&'a str> {
        self.cursor.reference_name()
    }

    /// Its identity, the same for all operations that refer to it.
    pub fn pin(self) -> Pin {
        self.cursor.pin()
    }

    /// What it holds; in 2.0 the parameter itself.
    pub fn schema(self) -> Option<SchemaRef<'a>> {
        if let Some(cursor) = self.cursor.get("schema") {
            return Some(SchemaRef { cursor });
        }
        if let Some(content) = self.cursor.get("content") {
            let media = content.entries().into_iter().next()?.1;
            return media.get("schema").map(|cursor| SchemaRef { cursor });
        }
        self.cursor.raw("type").map(|_| SchemaRef { cursor: self.cursor })
    }

    /// The values that it may have, each with its place: those of its `enum`, or of its items' for a list.
    pub fn choices(self) -> Vec<Spanned<&'a str>> {
        let Some(schema) = self.schema().map(SchemaRef::core) else { return Vec::new() };
        let own = schema.enum_values();
        match schema.array_items() {
            Some(items) if own.is_empty() => items.core().enum_values(),
            _ => own,
        }
    }

    /// Its name without case and signs: `page[size]`, `page_size` and `pageSize` are the same.
    pub(super) fn folded(self) -> String {
        words::folded(self.name)
    }

    /// Its name as words of paging know it: gateways write the property of an object with a dot, and `listOptions.limit` is a limit.
    pub(super) fn paging_name(self) -> String {
        let (whole, paging) = (self.folded(), &words::words().paging);
        match self.name.rsplit_once('.') {
            Some((_, last)) if !paging.size.contains(&whole) && !paging.position.contains(&whole) => words::folded(last),
            _ => whole,
        }
    }
}

impl<'a> OperationRef<'a> {
    pub(super) fn raw_parameters(self) -> Vec<Cursor<'a>> {
        let own = self.cursor().map(|cursor| cursor.items("parameters")).unwrap_or_default();
        let shared = self.item().map(|item| item.items("parameters")).unwrap_or_default();
        let mut seen: Vec<(Option<&str>, Option<&str>)> = Vec::new();
        let all = own.into_iter().chain(shared);
        all.filter(|parameter| {
            let name = (parameter.text("in"), parameter.text("name"));
            let new = !seen.contains(&name);
            seen.push(name);
            new
        })
        .collect()
    }

    /// Its parameters: its own, then those of its path item that it does not override.
    pub fn parameters(self) -> Vec<ParameterRef<'a>> {
        self.parameters_kept().collect()
    }

    /// Its query parameters.
    pub fn query_parameters(self) -> Vec<ParameterRef<'a>> {
        self.parameters_kept().filter(|parameter| parameter.location() == Location::Query).collect()
    }

    /// Its parameters, found out once.
    fn parameters_kept(self) -> impl Iterator<Item = ParameterRef<'a>> {
        let kept = self.data().kept.parameters.get_or_init(|| {
            let all = self.raw_parameters().into_iter().filter_map(ParameterRef::new);
            let keep = |one: ParameterRef| Some((KeptCursor::of(one.cursor), pin_of(one.cursor.raw("name")?), one.location));
            all.filter_map(keep).collect()
        });
        kept.iter().filter_map(move |(cursor, name, location)| {
            let (cursor, name) = (cursor.view(self.api)?, self.api.node(*name)?.text()?);
            Some(ParameterRef { cursor, name, location: *location })
        })
    }
}
