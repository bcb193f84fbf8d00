//! Error bodies that are not RFC 9457 problem documents: one finding for a document.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DocumentRef, ErrorBody};
use crate::model::standards::ErrorForm;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::HashMap;

/// Error bodies that are not RFC 9457 problem documents.
pub(super) const RULE: Rule = rule!("errors/not-problem-details", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let bodies = document.error_bodies();
        bodies.iter().for_each(|_| context.consider());
        let others: Vec<ErrorBody> = bodies.iter().copied().filter(|body| !body.is_problem()).collect();
        let mislabelled: Vec<ErrorBody> = others.iter().copied().filter(ErrorBody::looks_like_problem).collect();
        found.extend(contradictions(document, &bodies));
        found.extend(if document.follows_problem_details(&bodies) {
            departures(document, &others, bodies.len())
        } else if mislabelled.len() * 2 > others.len() {
            wrong_media_type(document, &mislabelled)
        } else if document.standards().errors.is_none() {
            another_form(document, &others)
        } else {
            None
        });
    }
    found
}

/// The media type promises a problem document, and a member has another type than RFC 9457 gives it: one finding a member.
fn contradictions(document: DocumentRef, bodies: &[ErrorBody]) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for body in bodies {
        let Some((member, wanted)) = body.contradicting_member() else { continue };
        match found.iter_mut().find(|known| known.primary.span == member.span) {
            Some(known) if known.occurrences.iter().all(|one| one.span != body.span()) => {
                *known = known.clone().occurrence(body.span(), body.subject());
            }
            Some(_) => {}
            None => {
                let message = format!("`{}` of a problem document is no {wanted}, as RFC 9457 wants it", member.name);
                let diagnostic = Diagnostic::new(format!("{} problem {}", document.subject(), member.name), message)
                    .at(member.span, "generic clients fail to read it")
                    .context(body.span(), body.subject())
                    .help(if wanted == "number" { "type: integer" } else { "type: string" })
                    .evidence(format!("{} is no {wanted}", member.name))
                    .standing_for_all();
                found.push(diagnostic);
            }
        }
    }
    found
}

/// Most errors are problem documents, or should be as the configuration asks; these are not.
fn departures(document: DocumentRef, others: &[ErrorBody], all: usize) -> Option<Diagnostic> {
    let first = others.first()?;
    let why = match document.standards().errors {
        Some(ErrorForm::ProblemDetails) => ", as `[api]` asks",
        _ => " like the others",
    };
    let are = if others.len() == 1 { "is" } else { "are" };
    let message = format!("{} of {all} error bodies {are} not `application/problem+json`{why}", others.len());
    let diagnostic = Diagnostic::new(document.subject(), message)
        .at(first.span(), first.subject())
        .help("application/problem+json:")
        .evidence("departs from problem details");
    Some(with_occurrences(diagnostic, first.span(), others))
}

/// The schema is that of a problem document, the media type is not.
fn wrong_media_type(document: DocumentRef, mislabelled: &[ErrorBody]) -> Option<Diagnostic> {
    let first = mislabelled.first()?;
    let name = first.component().map_or("a problem document", |(name, _)| name);
    let media = first.media.essence();
    let diagnostic =
        Diagnostic::new(document.subject(), format!("`{name}` is sent as `{media}`, not as `application/problem+json`"))
            .at(first.span(), format!("{}: clients tell a problem document by its media type", first.subject()))
            .context(first.place(), "has the members of RFC 9457")
            .help("application/problem+json:")
            .evidence("problem details with another media type");
    Some(with_occurrences(diagnostic, first.span(), mislabelled))
}

/// The document has a form of its own.
fn another_form(document: DocumentRef, others: &[ErrorBody]) -> Option<Diagnostic> {
    let usual = most_used(others)?;
    let name = usual.component().map(|(name, _)| name.to_owned()).or_else(|| Some(usual.shape()?.label()));
    let what = name.map_or("the error body".to_owned(), |name| format!("`{name}`"));
    let (place, shape) = (usual.place(), usual.shape());
    let alike = others.iter().filter(|body| body.place() == place || body.shape() == shape).count();
    let used = format!("{alike} of {} error bodies", others.len());
    let diagnostic = Diagnostic::new(document.subject(), format!("{what} is not an RFC 9457 problem document ({used})"))
        .at(usual.place(), "a form of its own, which clients must learn")
        .help("send `application/problem+json` with `type`, `title`, `status` and `detail`; other members may stay")
        .evidence("another error form")
        .standing_for_all()
        .at_most(Severity::Info, "the document follows a form of its own throughout");
    Some(with_occurrences(diagnostic, usual.place(), others))
}

/// The body whose schema is declared at the place that most bodies share.
fn most_used<'a>(bodies: &[ErrorBody<'a>]) -> Option<ErrorBody<'a>> {
    let mut counts: Vec<(usize, ErrorBody)> = Vec::new();
    let mut places: HashMap<Span, usize> = HashMap::new();
    for body in bodies {
        let at = *places.entry(body.place()).or_insert(counts.len());
        match counts.get_mut(at) {
            Some(known) => known.0 += 1,
            None => counts.push((1, *body)),
        }
    }
    counts.into_iter().rev().max_by_key(|(count, _)| *count).map(|(_, body)| body)
}

/// Every further place where a body is declared, once.
fn with_occurrences(mut diagnostic: Diagnostic, primary: Span, bodies: &[ErrorBody]) -> Diagnostic {
    let mut seen = std::collections::BTreeSet::from([primary]);
    for body in bodies {
        if seen.insert(body.span()) {
            diagnostic = diagnostic.occurrence(body.span(), body.subject());
        }
    }
    diagnostic
}
