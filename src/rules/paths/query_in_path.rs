//! A query string or a fragment written into a path.

use crate::diagnostic::Diagnostic;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// A query string or a fragment written into a path.
pub(super) const RULE: Rule = rule!("paths/query-in-path", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (document, items) in context.head.api.own_paths() {
        let mut places = Vec::new();
        for item in items {
            context.consider();
            if item.template().tail.is_some() {
                places.push(Place::new(item.span(), item.text()));
            }
        }
        let one = |place: &Place| {
            let is_query = place.subject.contains('?');
            let (what, help) = match is_query {
                true => ("a query string", "declare what follows the `?` as parameters with `in: query`"),
                false => ("a fragment", "merge the operations that differ by fragment: clients never send what follows the `#`"),
            };
            Diagnostic::new(&place.subject, format!("`{}` has {what} in its path", place.subject))
                .at(place.span, "no request has this path: generated clients, mocks and gateways never match it")
                .help(help)
                .evidence("query or fragment in a path")
        };
        found.extend(said_once(document, places, one, |all| format!("{all} paths hold a query string or a fragment (`?`, `#`)")));
    }
    found
}
