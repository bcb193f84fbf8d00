//! Error bodies: what they look like, and which of them another standard rules.

use super::cursor::Pin;
use super::document::DocumentRef;
use super::response::{MediaRef, ResponseRef};
use super::schema::SchemaRef;
use super::words::words;
use crate::source::Span;
use std::collections::BTreeSet;

/// What an error body looks like: its property names, or its type where it is no object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// An object with these properties.
    Object(BTreeSet<String>),
    /// Something else, by type: `string`, `array`.
    Other(String),
}

impl Shape {
    /// In a few words: `{code, message}`.
    pub fn label(&self) -> String {
        match self {
            Shape::Object(names) if names.len() > 5 => {
                let first: Vec<&str> = names.iter().take(4).map(String::as_str).collect();
                format!("{{{}, ...}}", first.join(", "))
            }
            Shape::Object(names) => format!("{{{}}}", names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
            Shape::Other(name) => name.clone(),
        }
    }

    /// Whether a client that reads `majority` can read this too: it has all its properties, or all that it requires.
    pub fn extends(&self, majority: &Shape, required: &BTreeSet<String>) -> bool {
        match (self, majority) {
            (Shape::Object(own), Shape::Object(known)) => {
                known.is_subset(own) || (!required.is_empty() && required.is_subset(own))
            }
            _ => self == majority,
        }
    }
}

/// One body of one error response of one operation.
#[derive(Debug, Clone, Copy)]
pub struct ErrorBody<'a> {
    /// The response.
    pub response: ResponseRef<'a>,
    /// The media type.
    pub media: MediaRef<'a>,
}

impl<'a> ErrorBody<'a> {
    /// `GET /orders 404`.
    pub fn subject(&self) -> String {
        format!("{} {}", self.response.operation().subject(), self.response.status())
    }

    /// Where the body is declared: one place for all operations that share a response component.
    pub fn span(&self) -> Span {
        self.media.span
    }

    /// Whether it is a problem document, or offered beside one.
    pub fn is_problem(&self) -> bool {
        self.media.is_problem() || self.response.media().iter().any(MediaRef::is_problem)
    }

    /// Its schema where that is known.
    pub fn schema(&self) -> Option<SchemaRef<'a>> {
        self.media.schema.map(SchemaRef::core).filter(|schema| schema.is_wholly_known())
    }

    /// The component that its schema is, by name and identity.
    pub fn component(&self) -> Option<(&'a str, Pin)> {
        let schema = self.media.schema?;
        Some((schema.name()?, schema.pin()))
    }

    /// What it looks like; `None` where the document does not say.
    pub fn shape(&self) -> Option<Shape> {
        let schema = self.schema().filter(|schema| !schema.has_alternatives())?;
        let names: BTreeSet<String> = schema.properties().into_iter().map(|property| property.name.to_owned()).collect();
        if !names.is_empty() {
            return Some(Shape::Object(names));
        }
        let types: Vec<&str> = schema.types().into_iter().filter(|name| *name != "null").collect();
        match types.as_slice() {
            [one] if *one != "object" => Some(Shape::Other((*one).to_owned())),
            _ => None,
        }
    }

    /// Whether its schema is that of RFC 9457 in all but the media type: by its members, or by name and some of them.
    pub fn looks_like_problem(&self) -> bool {
        let Some(Shape::Object(names)) = self.shape() else { return false };
        let members = words().errors.problem.iter().filter(|name| names.contains(*name)).count();
        let named = self.component().is_some_and(|(name, _)| name.to_ascii_lowercase().contains("problem"));
        let core = names.contains("title") && (names.contains("status") || names.contains("type") || names.contains("detail"));
        core && (members >= 3 || (named && members >= 2))
    }

    /// Whether another standard fixes its form: OAuth 2, SCIM, JSON:API, FHIR, GraphQL.
    fn is_foreign(&self) -> bool {
        let errors = &words().errors;
        if errors.media.contains(&self.media.essence()) || self.response.operation().has_foreign_errors() {
            return true;
        }
        match self.shape() {
            Some(Shape::Object(names)) => names.contains("error_description") && names.is_subset(&oauth_members()),
            _ => false,
        }
    }
}

fn oauth_members() -> BTreeSet<String> {
    words().errors.oauth.iter().cloned().collect()
}

impl<'a> DocumentRef<'a> {
    /// Every error body of every operation, in order; those whose form another standard fixes are left out.
    pub fn error_bodies(self) -> Vec<ErrorBody<'a>> {
        let responses = self.operations().flat_map(|operation| operation.responses());
        let errors = responses.filter(|response| response.is_known() && response.is_error());
        let bodies = errors.flat_map(|response| response.media().into_iter().map(move |media| ErrorBody { response, media }));
        bodies.filter(|body| !body.is_foreign()).collect()
    }
}
