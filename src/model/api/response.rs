//! Responses and media types, of all versions in one form.

use super::cursor::Cursor;
use super::document::Version;
use super::kept::{KeptMedia, KeptResponse};
use super::operation::OperationRef;
use super::schema::SchemaRef;
use crate::documents::NodeRef;
use crate::source::Span;

/// What a response key says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// One code, such as 404.
    Code(u16),
    /// A whole class: 4 for `4XX`.
    Class(u16),
    /// Everything that is not listed.
    Default,
}

impl Status {
    pub(super) fn parse(key: &str) -> Option<Status> {
        match key.as_bytes() {
            b"default" => Some(Status::Default),
            [class @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] => Some(Status::Class(u16::from(class - b'0'))),
            [_, _, _] if key.bytes().all(|byte| byte.is_ascii_digit()) => key.parse().ok().map(Status::Code),
            _ => None,
        }
    }

    /// The class: 4 for 404 and `4XX`; `None` for `default`.
    pub fn class(self) -> Option<u16> {
        match self {
            Status::Code(code) => Some(code / 100),
            Status::Class(class) => Some(class),
            Status::Default => None,
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Status::Code(code) => write!(f, "{code}"),
            Status::Class(class) => write!(f, "{class}XX"),
            Status::Default => f.write_str("default"),
        }
    }
}

/// One response of an operation.
#[derive(Clone, Copy)]
pub struct ResponseRef<'a> {
    pub(super) operation: OperationRef<'a>,
    pub(super) key: NodeRef<'a>,
    pub(super) cursor: Cursor<'a>,
    pub(super) status: Status,
    pub(super) kept: &'a KeptResponse,
}

impl std::fmt::Debug for ResponseRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.operation.subject(), self.status)
    }
}

/// A media type of a body, and what it holds.
#[derive(Debug, Clone, Copy)]
pub struct MediaRef<'a> {
    /// As written, parameters included: `application/json; charset=utf-8`.
    pub name: &'a str,
    /// Where it is written; the place of the schema in 2.0, where media types stand elsewhere.
    pub span: Span,
    /// What it holds, where that is said.
    pub schema: Option<SchemaRef<'a>>,
    /// The media type object; `None` in 2.0.
    pub(super) cursor: Option<Cursor<'a>>,
}

impl MediaRef<'_> {
    /// The type in lower case without parameters.
    pub fn essence(&self) -> String {
        self.bare().to_ascii_lowercase()
    }

    /// The type as written, without parameters.
    fn bare(&self) -> &str {
        self.name.split(';').next().unwrap_or("").trim()
    }

    /// Whether it is JSON of any kind, or says that it may be anything.
    pub fn is_json(&self) -> bool {
        const SUFFIX: &[u8] = b"+json";
        let bare = self.bare();
        let ending = bare.len().checked_sub(SUFFIX.len()).and_then(|at| bare.as_bytes().get(at..));
        ["application/json", "*/*", "text/json"].iter().any(|name| bare.eq_ignore_ascii_case(name))
            || ending.is_some_and(|ending| ending.eq_ignore_ascii_case(SUFFIX))
    }

    /// Whether it is an RFC 9457 problem document.
    pub fn is_problem(&self) -> bool {
        const START: &[u8] = b"application/problem+";
        self.bare().as_bytes().get(..START.len()).is_some_and(|start| start.eq_ignore_ascii_case(START))
    }
}

impl<'a> ResponseRef<'a> {
    /// What its key says.
    pub fn status(self) -> Status {
        self.status
    }

    /// The operation that answers so.
    pub fn operation(self) -> OperationRef<'a> {
        self.operation
    }

    /// Where its key is written.
    pub fn key_span(self) -> Span {
        self.key.span()
    }

    /// Whether it is a component that operations refer to.
    pub fn is_shared(self) -> bool {
        self.cursor.is_reference()
    }

    /// The name of the component.
    pub fn component_name(self) -> Option<&'a str> {
        self.cursor.reference_name()
    }

    /// Whether its reference could be followed.
    pub fn is_known(self) -> bool {
        self.cursor.known
    }

    /// Whether it says that a request failed: 4xx, 5xx, or `default` beside a success or with a problem document.
    pub fn is_error(self) -> bool {
        match self.status.class() {
            Some(class) => class >= 4,
            None => {
                let beside = self.operation.responses().iter().any(|other| matches!(other.status.class(), Some(1..=3)));
                beside || self.media().iter().any(MediaRef::is_problem)
            }
        }
    }

    /// The names of its headers.
    pub fn headers(self) -> Vec<&'a str> {
        let headers = self.cursor.get("headers").map(Cursor::entries).unwrap_or_default();
        headers.into_iter().filter_map(|(key, _)| key.text()).collect()
    }

    /// Its media types in order. In 2.0 those that the operation produces, each with the response's schema.
    pub fn media(self) -> Vec<MediaRef<'a>> {
        if self.operation.document().version() == Version::V2 {
            let Some((key, _)) = self.cursor.entry("schema") else { return Vec::new() };
            let schema = self.cursor.get("schema").map(|cursor| SchemaRef { cursor });
            let named = self.operation.produces().into_iter();
            return named.map(|name| MediaRef { name, span: key.span(), schema, cursor: None }).collect();
        }
        let kept = self.kept.media.get_or_init(|| KeptMedia::all(self.cursor.get("content")));
        kept.iter().filter_map(|media| media.view(self.cursor.api)).collect()
    }
}

/// The entries of a `content` map.
pub(super) fn media_of(content: Cursor<'_>) -> Vec<MediaRef<'_>> {
    let entries = content.entries().into_iter();
    entries
        .filter_map(|(key, media)| {
            let schema = media.get("schema").map(|cursor| SchemaRef { cursor });
            Some(MediaRef { name: key.text()?, span: key.span(), schema, cursor: Some(media) })
        })
        .collect()
}
