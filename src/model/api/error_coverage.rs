//! Which errors an operation documents, and which of them have a body.

use super::Set;
use super::document::DocumentRef;
use super::error::{ErrorBody, Shape};
use super::operation::{Method, OperationRef, Segment};
use super::response::{MediaRef, ResponseRef, Status};
use super::schema::Property;
use super::words::{self, words};
use crate::source::Span;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The error responses of a document, by whether they say what they hold.
#[derive(Debug, Clone, Default)]
pub struct BodyCoverage<'a> {
    /// How many have a body.
    pub with: usize,
    /// Those that have none although others of the document do, in order.
    pub without: Vec<ResponseRef<'a>>,
}

/// A good answer that may hold an error.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// The property that says whether it is a good one.
    pub flag: Property<'a>,
    /// The property that says what went wrong.
    pub reason: Property<'a>,
}

impl<'a> OperationRef<'a> {
    /// Whether it is about one thing that the caller names in the last part of the path, and that may not be there. Not so
    /// where the path lists the possible values, nor for a PUT that creates what is missing.
    pub fn addresses_one_thing(self) -> bool {
        let Some(Segment::Parameter(name)) = self.segments().last().copied() else { return false };
        let reads = matches!(self.method(), Method::Get | Method::Put | Method::Patch | Method::Delete);
        let listed = || self.parameters().into_iter().any(|one| one.name() == name && !one.choices().is_empty());
        let creates = || self.method() == Method::Put && self.responses().iter().any(|one| one.status() == Status::Code(201));
        reads && self.is_known() && !listed() && !creates()
    }

    /// Whether it says what a caller gets for a thing that is not there: 404, 410, `4XX` or `default`.
    pub fn documents_not_found(self) -> bool {
        let says = |status| matches!(status, Status::Code(404 | 410) | Status::Class(4) | Status::Default);
        self.responses().into_iter().any(|response| says(response.status()))
    }

    /// The properties by which its good answer may be an error: a flag, and what went wrong.
    pub fn error_in_success(self) -> Option<Envelope<'a>> {
        let schema = self.success_media().filter(MediaRef::is_json)?.schema?.core();
        let properties = schema.properties();
        let named = |set: &Set<String>| properties.iter().copied().find(|property| set.contains(&words::folded(property.name)));
        let flag = named(&words().errors.flags)?;
        let core = flag.schema.core();
        // A flag that can only be true says nothing.
        let constant = core.enum_values().iter().all(|value| value.value == "true") && !core.enum_values().is_empty();
        (core.is_boolean() && !constant).then_some(Envelope { flag, reason: named(&words().errors.reasons)? })
    }
}

impl<'a> DocumentRef<'a> {
    fn error_responses(self) -> impl Iterator<Item = ResponseRef<'a>> {
        let judged = self.own_operations().filter(|operation| operation.is_known() && !operation.is_health_like());
        let asked = judged.filter(|operation| operation.method() != Method::Head && !operation.has_foreign_errors());
        asked.flat_map(|operation| operation.responses()).filter(|response| response.is_known() && response.is_error())
    }

    /// Which error responses say what they hold. What a gateway may answer (401, 403, 405, 413, 429 and 5xx) needs no body.
    pub fn body_coverage(self) -> BodyCoverage<'a> {
        let mut coverage = BodyCoverage::default();
        for response in self.error_responses() {
            if response.has_body() {
                coverage.with += 1;
            } else if matches!(
                response.status(),
                Status::Code(400 | 404 | 409 | 410 | 412 | 422) | Status::Class(4) | Status::Default
            ) {
                coverage.without.push(response);
            }
        }
        coverage
    }

    /// The error responses that offer nothing but text or HTML, although the operation answers with JSON when all is well; and
    /// how many others hold JSON or XML.
    pub fn text_errors(self) -> (Vec<ErrorBody<'a>>, usize) {
        let (mut text, mut structured) = (Vec::new(), 0);
        for response in self.error_responses() {
            let media = response.media();
            let is_text = |one: &MediaRef| one.essence().starts_with("text/") && !one.is_json() && one.essence() != "text/xml";
            let json = || response.operation().success_media().is_some_and(|media| media.is_json());
            match media.first() {
                Some(first) if media.iter().all(is_text) && json() => text.push(ErrorBody { response, media: *first }),
                Some(_) => structured += 1,
                None => {}
            }
        }
        (text, structured)
    }

    /// Error bodies that are written out again and again instead of referred to: object schemas in place, alike, at three or
    /// more places; by shape.
    pub fn copied_errors(self) -> Vec<(Arc<Shape>, Vec<ErrorBody<'a>>)> {
        let mut groups: Vec<(Arc<Shape>, Vec<ErrorBody>)> = Vec::new();
        let mut seen: BTreeSet<Span> = BTreeSet::new();
        for response in self.error_responses() {
            for media in response.media() {
                let in_place = media.is_json() && media.schema.is_some_and(|schema| schema.name().is_none());
                let body = ErrorBody { response, media };
                if !in_place || !seen.insert(body.span()) {
                    continue;
                }
                let Some(shape) = body.shape().filter(|shape| matches!(**shape, Shape::Object(_))) else { continue };
                // `allOf: [$ref]` refers too.
                if media.schema.is_some_and(|schema| !schema.parts("allOf").is_empty()) {
                    continue;
                }
                match groups.iter_mut().find(|(known, _)| *known == shape) {
                    Some((_, group)) => group.push(body),
                    None => groups.push((shape, vec![body])),
                }
            }
        }
        groups.retain(|(_, group)| group.len() >= 3);
        groups
    }
}
