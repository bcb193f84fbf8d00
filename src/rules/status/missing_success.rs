//! An operation that documents no good answer.

use crate::diagnostic::Diagnostic;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// An operation that documents no good answer.
pub(super) const RULE: Rule = rule!("status/missing-success", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut places = Vec::new();
        for operation in document.own_operations().filter(|operation| operation.is_known() && !operation.responses().is_empty()) {
            context.consider();
            if !operation.documents_success() {
                places.push(Place::new(operation.span(), operation.subject()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` documents no good answer", place.subject))
                .at(place.span, "among its responses are errors only: what does a caller get who did all right?")
                .help("\"200\":\n  description: What it answers with")
                .evidence("no success")
        };
        found.extend(said_once(document, places, one, |all| {
            format!("{all} operations document no good answer (`2XX`, `3XX` or `default`)")
        }));
    }
    found
}
