//! A path parameter that does not say that it is required.

use crate::diagnostic::Diagnostic;
use crate::model::api::Declared;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};
use std::collections::HashSet;

/// A path parameter that does not say that it is required.
pub(super) const RULE: Rule = rule!("paths/optional-parameter", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for (document, items) in context.head.api.own_paths() {
        let mut places = Vec::new();
        for item in items {
            let mut all: Vec<Declared> = item.written_parameters();
            item.operations().iter().for_each(|operation| all.extend(operation.written_parameters()));
            for parameter in all.into_iter().filter(|one| one.is_known() && one.place() == "path") {
                // A shared one is judged where it is declared, once.
                if !seen.insert(parameter.pin()) {
                    continue;
                }
                context.consider();
                if !parameter.says_required() {
                    places.push(Place::new(parameter.name_span(), parameter.name()));
                }
            }
        }
        let one = |place: &Place| {
            let subject = format!("{} parameter {}", document.subject(), place.subject);
            Diagnostic::new(subject, format!("path parameter `{}` does not say `required: true`", place.subject))
                .at(place.span, "a part of the path cannot be left out, and tools refuse the document")
                .help("required: true")
                .evidence("optional path parameter")
        };
        found.extend(said_once(document, places, one, |all| format!("{all} path parameters do not say `required: true`")));
    }
    found
}
