//! A request header with an underscore, which proxies drop.

use crate::diagnostic::Diagnostic;
use crate::model::api::Location;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};
use std::collections::HashSet;

/// A request header with an underscore, which proxies drop.
pub(super) const RULE: Rule = rule!("naming/underscore-in-header", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut seen = HashSet::new();
        let mut places = Vec::new();
        for parameter in document.own_operations().flat_map(|operation| operation.parameters()) {
            if parameter.location() != Location::Header || !seen.insert(parameter.name().to_lowercase()) {
                continue;
            }
            context.consider();
            if parameter.name().contains('_') {
                places.push(Place::new(parameter.span(), parameter.name()));
            }
        }
        let one = |place: &Place| {
            let subject = format!("{} header {}", document.subject(), place.subject);
            Diagnostic::new(subject, format!("the header `{}` has an underscore: nginx and others drop it", place.subject))
                .at(place.span, "the service never sees it behind such a proxy, and nothing says so")
                .help(place.subject.replace('_', "-"))
                .evidence("underscore in a header")
        };
        found.extend(said_once(document, places, one, |all| {
            format!("{all} request headers have an underscore (`_`): nginx and others drop them")
        }));
    }
    found
}
