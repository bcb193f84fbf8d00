//! Parameters as they are declared, before an operation's are merged with those of its path item.

use super::cursor::{Cursor, Pin};
use super::document::{DocumentRef, Version};
use super::operation::OperationRef;
use super::parameter::IGNORED_HEADERS;
use super::path::PathRef;
use super::schema::SchemaRef;
use super::{Api, Set};
use crate::source::Span;

/// A parameter as a list declares it; 2.0 bodies and form fields too.
#[derive(Clone, Copy)]
pub struct Declared<'a> {
    cursor: Cursor<'a>,
}

impl Declared<'_> {
    /// Whether it is a header that OpenAPI ignores as a parameter; 2.0 does not say so.
    pub fn is_ignored_header(self) -> bool {
        let is_named = || IGNORED_HEADERS.iter().any(|name| self.name().eq_ignore_ascii_case(name));
        self.place() == "header" && self.cursor.version() != Version::V2 && is_named()
    }
}

impl std::fmt::Debug for Declared<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "parameter {} in {}", self.name(), self.place())
    }
}

/// The parameters of an operation or a path item, as written there, references followed.
fn declared(owner: Cursor<'_>) -> Vec<Declared<'_>> {
    owner.items("parameters").into_iter().map(|cursor| Declared { cursor }).collect()
}

impl<'a> Declared<'a> {
    /// Its name; empty where there is none.
    pub fn name(self) -> &'a str {
        self.cursor.text("name").unwrap_or("")
    }

    /// The word under `in`: `query`, `path`, `body`; empty where there is none.
    pub fn place(self) -> &'a str {
        self.cursor.text("in").unwrap_or("")
    }

    /// Where the list has it: the reference, or the parameter itself.
    pub fn written_span(self) -> Span {
        self.cursor.written.span()
    }

    /// Where its name is declared: in the component, where it is one.
    pub fn name_span(self) -> Span {
        self.cursor.raw("name").map_or(self.cursor.span(), |name| name.span())
    }

    /// Where the list has it: the reference, or the name of a parameter that is written in place.
    pub fn place_to_edit(self) -> Span {
        if self.cursor.is_reference() { self.written_span() } else { self.name_span() }
    }

    /// Its identity, the same for all references to it.
    pub fn pin(self) -> Pin {
        self.cursor.pin()
    }

    /// Whether its reference could be followed.
    pub fn is_known(self) -> bool {
        self.cursor.known
    }

    /// Whether it says `required: true` itself.
    pub fn says_required(self) -> bool {
        self.cursor.flag("required")
    }

    /// `default` with its place: of its schema, or its own in 2.0.
    pub fn default_span(self) -> Option<Span> {
        let own = self.cursor.entry("default").map(|(key, _)| key.span());
        own.or_else(|| self.schema()?.cursor.entry("default").map(|(key, _)| key.span()))
    }

    /// What it holds, where it has a schema.
    pub fn schema(self) -> Option<SchemaRef<'a>> {
        self.cursor.get("schema").map(|cursor| SchemaRef { cursor })
    }
}

impl<'a> OperationRef<'a> {
    /// The parameters that it declares itself, as written: repeated ones, and bodies and form fields of 2.0, included.
    pub fn written_parameters(self) -> Vec<Declared<'a>> {
        self.cursor().map(declared).unwrap_or_default()
    }
}

impl<'a> PathRef<'a> {
    /// The parameters that it declares for all its operations, as written: repeated ones, and bodies and form fields of 2.0,
    /// included.
    pub fn written_parameters(self) -> Vec<Declared<'a>> {
        declared(self.cursor)
    }
}

impl Api {
    /// The entries of `paths` of each document in order. One that several documents reach comes once.
    pub fn own_paths(&self) -> Vec<(DocumentRef<'_>, Vec<PathRef<'_>>)> {
        let mut seen: Set<Span> = Set::default();
        let mut all = Vec::new();
        for document in self.documents() {
            let paths = document.paths().into_iter().filter(|path| seen.insert(path.span())).collect();
            all.push((document, paths));
        }
        all
    }
}
