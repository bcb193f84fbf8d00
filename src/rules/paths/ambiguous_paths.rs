//! Two paths that one request matches, and neither is the more specific one.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DocumentRef, Overlap};
use crate::rules::habit::{HABIT, Place, with_occurrences};
use crate::rules::{Context, Rule, rule};

/// Two paths that one request matches, and neither is the more specific one.
pub(super) const RULE: Rule = rule!("paths/ambiguous-paths", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        document.paths().iter().for_each(|_| context.consider());
        let overlaps: Vec<Overlap> = document.overlapping_paths().into_iter().filter(|one| one.specific.is_none()).collect();
        match overlaps.as_slice() {
            // One path with a parameter at its head meets all others: that is one thing to think about.
            [first, rest @ ..] if overlaps.len() >= HABIT => found.push(many(document, first, rest)),
            few => found.extend(few.iter().map(report)),
        }
    }
    found
}

fn report(overlap: &Overlap) -> Diagnostic {
    let (first, second, method) = (overlap.first.text(), overlap.second.text(), overlap.method);
    Diagnostic::new(format!("{method} {second}"), format!("one `{method}` request can match both `{first}` and `{second}`"))
        .at(overlap.second.span(), "each router decides for itself which of the two answers")
        .cause(overlap.first.span(), "neither path is the more specific one")
        .help("give one of them a word of its own where the other has a parameter, or bound the parameter (`format`, `enum`)")
        .evidence(format!("overlaps {first}"))
}

fn many(document: DocumentRef, first: &Overlap, rest: &[Overlap]) -> Diagnostic {
    let mut diagnostic = report(first);
    let all = rest.len() + 1;
    diagnostic.message =
        format!("{all} pairs of paths match one request, like `{}` and `{}`", first.first.text(), first.second.text());
    diagnostic.subject = document.subject();
    diagnostic.evidence = vec!["overlapping paths".to_owned()];
    let pair = |one: &Overlap| format!("{} {} | {}", one.method, one.first.text(), one.second.text());
    let places: Vec<Place> = rest.iter().map(|one| Place::new(one.second.span(), pair(one))).collect();
    with_occurrences(diagnostic, &places)
}
