//! A fault that stands at many places of a document is its habit, and one finding.

use crate::diagnostic::Diagnostic;
use crate::model::api::DocumentRef;
use crate::source::Span;

/// From this many places on it is the document's habit.
pub(super) const HABIT: usize = 3;

/// A place of a fault, and what it is about there.
pub(super) struct Place {
    pub(super) span: Span,
    pub(super) subject: String,
}

impl Place {
    pub(super) fn new(span: Span, subject: impl Into<String>) -> Place {
        Place { span, subject: subject.into() }
    }
}

/// Each place on its own where there are few of them; else one finding at the first, under `headline` with their number, and all
/// others as occurrences. What `one` says about a place must be true of each; its evidence may not name it.
pub(super) fn said_once(
    document: DocumentRef,
    places: Vec<Place>,
    one: impl Fn(&Place) -> Diagnostic,
    headline: impl Fn(usize) -> String,
) -> Vec<Diagnostic> {
    if places.len() < HABIT {
        return places.iter().map(one).collect();
    }
    let Some((first, rest)) = places.split_first() else { return Vec::new() };
    let mut diagnostic = one(first);
    diagnostic.message = headline(places.len());
    diagnostic.subject = document.subject();
    vec![with_occurrences(diagnostic, rest)]
}

/// Adds the places as occurrences.
pub(super) fn with_occurrences(diagnostic: Diagnostic, places: &[Place]) -> Diagnostic {
    places.iter().fold(diagnostic, |diagnostic, place| diagnostic.occurrence(place.span, place.subject.clone()))
}
