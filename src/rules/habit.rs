//! A fault that stands at many places of a document is its habit, and one finding.

use crate::diagnostic::Diagnostic;
use crate::model::api::DocumentRef;
use crate::source::Span;
use std::cmp::Reverse;
use std::collections::BTreeMap;

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

/// Findings of a document that differ in what they say: each on its own where there are few of them, else the first, under a headline
/// and with evidence that are true of all.
pub(super) fn folded(
    document: DocumentRef,
    all: Vec<Diagnostic>,
    headline: impl Fn(usize) -> String,
    evidence: &str,
) -> Vec<Diagnostic> {
    let count = all.len();
    let mut rest = all.into_iter();
    if count < HABIT {
        return rest.collect();
    }
    let Some(mut first) = rest.next() else { return Vec::new() };
    first.message = headline(count);
    first.subject = document.subject();
    first.evidence = vec![evidence.to_owned()];
    for one in rest {
        first = first.occurrence(one.primary.span, one.subject);
        first.occurrences.extend(one.occurrences);
    }
    vec![first]
}

/// Adds the places as occurrences.
pub(super) fn with_occurrences(diagnostic: Diagnostic, places: &[Place]) -> Diagnostic {
    places.iter().fold(diagnostic, |diagnostic, place| diagnostic.occurrence(place.span, place.subject.clone()))
}

/// The places of the commonest subject first (among equals that of the smaller name), else in order: so what a finding is about does
/// not change with the order in which a document is written.
pub(super) fn commonest_first(mut places: Vec<Place>) -> Vec<Place> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    places.iter().for_each(|place| *counts.entry(&place.subject).or_default() += 1);
    let commonest = counts.into_iter().min_by_key(|(_, count)| Reverse(*count)).map(|(subject, _)| subject.to_owned());
    places.sort_by_key(|place| Some(&place.subject) != commonest.as_ref());
    places
}
