//! An error body unlike nearly all others of its document.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DocumentRef, ErrorBody, Majority, Shape};
use crate::rules::{Context, Rule, rule};
use std::collections::HashSet;
use std::sync::Arc;

/// An error body unlike nearly all others of its document.
pub(super) const RULE: Rule = rule!("errors/inconsistent-shape", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        // Where the document follows RFC 9457, `errors/not-problem-details` names the departures.
        let bodies = document.error_bodies();
        let Some(majority) = document.majority_shape(&bodies).filter(|_| !document.follows_problem_details(&bodies)) else {
            continue;
        };
        let mut groups: Vec<(Arc<Shape>, Vec<ErrorBody>)> = Vec::new();
        for body in bodies {
            let Some(shape) = body.shape() else { continue };
            context.consider();
            if majority.is_readable(&body, &shape) || is_beside_majority(&body, &majority) || !majority.speaks_for(&body) {
                continue;
            }
            match groups.iter_mut().find(|(known, _)| *known == shape) {
                Some((_, group)) => group.push(body),
                None => groups.push((shape, vec![body])),
            }
        }
        found.extend(groups.iter().filter_map(|(shape, group)| report(document, &majority, shape, group)));
    }
    found
}

/// Whether the same response offers the usual shape as another media type.
fn is_beside_majority(body: &ErrorBody, majority: &Majority) -> bool {
    let others = body.response.media().into_iter().map(|media| ErrorBody { response: body.response, media });
    others.into_iter().filter_map(|other| other.shape()).any(|shape| shape == majority.shape)
}

fn report(document: DocumentRef, majority: &Majority, shape: &Shape, group: &[ErrorBody]) -> Option<Diagnostic> {
    let first = group.first()?;
    let (own, usual) = (shape.label(), majority.shape.label());
    let subject = format!("{} error {own}", document.subject());
    let asked = document.standards().error_schema.as_deref();
    let message = match (shape.is_list(), asked) {
        (_, Some(name)) => format!("error body `{own}` is unlike `{name}`, which `[api]` asks for"),
        (true, None) => {
            format!("the {} answers with a list, not with `{usual}` like {} others", first.response.status(), majority.count)
        }
        (false, None) => format!("error body `{own}` is unlike the `{usual}` of {} others", majority.count),
    };
    let mut diagnostic = Diagnostic::new(subject, message)
        .at(first.span(), format!("{}: clients need a second parser for this", first.subject()))
        .context(majority.first.place(), format!("{} of {} error bodies look like this", majority.count, majority.all))
        .evidence(format!("{own} beside {usual}"));
    if let Some((name, _)) = majority.first.component() {
        diagnostic = diagnostic.help(format!("describe the body with the schema `{name}`"));
    }
    let mut spans = HashSet::from([first.span()]);
    for body in group {
        if spans.insert(body.span()) {
            diagnostic = diagnostic.occurrence(body.span(), body.subject());
        }
    }
    Some(diagnostic)
}
