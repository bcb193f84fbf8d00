//! A default for a parameter that every request has.

use crate::diagnostic::Diagnostic;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};
use std::collections::HashSet;

/// A default for a parameter that every request has.
pub(super) const RULE: Rule = rule!("operations/required-parameter-with-default", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for (document, paths) in context.head.api.own_paths() {
        let mut places = Vec::new();
        for path in paths {
            let mut all = path.written_parameters();
            path.operations().iter().for_each(|operation| all.extend(operation.written_parameters()));
            // A part of the path has to be there anyway, and some write down its usual value.
            let judged = all.into_iter().filter(|one| matches!(one.place(), "query" | "header" | "cookie") && one.is_known());
            // What is ignored whole has a finding of its own.
            let judged = judged.filter(|one| !one.is_ignored_header());
            for parameter in judged.filter(|one| seen.insert(one.pin())) {
                context.consider();
                if let Some(default) = parameter.default_span().filter(|_| parameter.says_required()) {
                    places.push(Place::new(default, parameter.name()));
                }
            }
        }
        let one = |place: &Place| {
            let subject = format!("{} parameter {}", document.subject(), place.subject);
            Diagnostic::new(subject, format!("required parameter `{}` has a default, which never applies", place.subject))
                .at(place.span, "either callers may leave it out, or there is no default")
                .help("remove `required: true`, or the default")
                .evidence("required parameter with a default")
        };
        found.extend(said_once(document, places, one, |all| format!("{all} parameters are `required` and have a default")));
    }
    found
}
