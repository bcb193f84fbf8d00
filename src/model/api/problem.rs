//! Problem documents (RFC 9457) in depth: what they say of the status, of their type, and of members of one's own.

use super::document::DocumentRef;
use super::error::ErrorBody;
use super::response::{ResponseRef, Status};
use super::schema::SchemaRef;
use crate::documents::NodeRef;
use crate::source::{Span, Spanned};

/// A problem document that says another status than that under which it is sent.
#[derive(Debug, Clone, Copy)]
pub struct StatusClash {
    /// Where it says so.
    pub span: Span,
    /// What it says.
    pub said: i64,
    /// Whether it is an example, and not what the schema demands.
    pub is_example: bool,
}

/// What is wrong with the `type` of a problem document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeFault {
    /// It is no URI reference: it holds spaces or other characters that cannot stand in one.
    NoUri,
    /// It is a word, which a client resolves against the address of the request.
    Relative,
}

impl<'a> DocumentRef<'a> {
    /// Every error body that is sent as a problem document, in order; nothing else is looked at.
    pub fn problem_bodies(self) -> Vec<ErrorBody<'a>> {
        if self.conventions().problems == 0 {
            return Vec::new();
        }
        let responses = self.own_operations().flat_map(|operation| operation.responses());
        let errors = responses.filter(|response| response.is_known() && response.is_error());
        let bodies = errors.flat_map(|response| response.media().into_iter().map(move |media| ErrorBody { response, media }));
        bodies.filter(|body| body.media.is_problem()).collect()
    }
}

impl<'a> ErrorBody<'a> {
    /// The places where a problem document says another status than the key of its response: what its schema demands (`const`,
    /// or an `enum` of one), and its examples.
    pub fn status_clash(&self) -> Option<StatusClash> {
        let status = self.response.status();
        let clashes = |said: i64| match status {
            Status::Code(code) => said != i64::from(code),
            Status::Class(class) => said / 100 != i64::from(class),
            Status::Default => false,
        };
        let property = self.schema().and_then(|schema| schema.property("status"));
        let values = property.map(|property| property.schema.core().enum_values()).unwrap_or_default();
        if let [only] = values.as_slice()
            && let Some(said) = only.value.parse().ok().filter(|said| clashes(*said))
        {
            return Some(StatusClash { span: only.span, said, is_example: false });
        }
        let examples = self.examples().into_iter().filter_map(|example| example.get("status"));
        let mut said = examples.filter_map(|value| Some((value.span(), value.as_i64()?)));
        let (span, said) = said.find(|(_, said)| clashes(*said))?;
        Some(StatusClash { span, said, is_example: true })
    }

    /// The examples of this body: those of the media type, and in 2.0 those of the response.
    fn examples(&self) -> Vec<NodeRef<'a>> {
        let Some(cursor) = self.media.cursor else {
            let named = self.response.cursor.get("examples").and_then(|examples| examples.get(self.media.name));
            return named.map(|example| example.node).into_iter().collect();
        };
        let several = cursor.get("examples").map(|examples| examples.entries()).unwrap_or_default();
        let values = several.into_iter().filter_map(|(_, example)| example.raw("value"));
        cursor.raw("example").into_iter().chain(values).collect()
    }

    /// The values that the document gives to `type`: in the schema, its examples and its default, and in examples of the body.
    fn problem_types(&self) -> Vec<Spanned<&'a str>> {
        let schema = self.schema().and_then(|schema| schema.property("type")).map(|property| property.schema.core());
        let mut values = schema.map(SchemaRef::enum_values).unwrap_or_default();
        let beside = schema
            .into_iter()
            .flat_map(|schema| ["default", "example"].into_iter().filter_map(move |key| schema.cursor.raw(key)));
        let shown = self.examples().into_iter().filter_map(|example| example.get("type"));
        values.extend(beside.chain(shown).filter_map(|value| Some(Spanned::new(value.text()?, value.span()))));
        values
    }

    /// The first value of `type` that is no URI, and else the first that is no absolute one. `about:blank`, paths from the root
    /// and fragments are meant as they stand.
    pub fn odd_type(&self) -> Option<(Spanned<&'a str>, TypeFault)> {
        let values = self.problem_types();
        let never = |c: char| c.is_whitespace() || "<>\"{}|\\^`".contains(c);
        let no_uri = values.iter().find(|value| value.value.is_empty() || value.value.contains(never));
        if let Some(value) = no_uri {
            return Some((*value, TypeFault::NoUri));
        }
        let relative = |value: &&Spanned<&str>| !value.value.contains([':', '/', '#', '?', '.']) && value.value != "string";
        values.iter().find(relative).map(|value| (*value, TypeFault::Relative))
    }

    /// Where its schema forbids members of one's own; `None` where it does not.
    pub fn forbids_extensions(&self) -> Option<Span> {
        let schema = self.schema()?.core();
        let closed = |part: SchemaRef| {
            let keys = ["additionalProperties", "unevaluatedProperties"].into_iter();
            let mut said = keys.filter_map(move |key| part.cursor.entry(key));
            said.find(|(_, value)| value.as_bool() == Some(false)).map(|(key, _)| key.span())
        };
        closed(schema).or_else(|| schema.parts("allOf").into_iter().map(SchemaRef::core).find_map(closed))
    }

    /// Which of `type` and `title` no form of the body has; both where it has no schema. Empty where the schema is not known.
    pub fn lacking_members(&self) -> Vec<&'static str> {
        const WANTED: [&str; 2] = ["type", "title"];
        let Some(schema) = self.media.schema.map(SchemaRef::core) else { return WANTED.to_vec() };
        let parts = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|key| schema.parts(key));
        if !schema.is_wholly_known() || !parts.into_iter().all(SchemaRef::is_wholly_known) {
            return Vec::new();
        }
        let names = schema.possible_properties();
        WANTED.into_iter().filter(|wanted| names.iter().all(|property| property.name != *wanted)).collect()
    }
}

impl ResponseRef<'_> {
    /// Whether it offers a problem document.
    pub fn is_problem(self) -> bool {
        self.media().iter().any(|media| media.is_problem())
    }
}
