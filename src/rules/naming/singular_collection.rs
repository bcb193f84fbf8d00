//! A collection with a name that means one.

use crate::diagnostic::Diagnostic;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// A collection with a name that means one.
pub(super) const RULE: Rule = rule!("naming/singular-collection", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (document, paths) in context.head.api.own_paths() {
        if document.is_rpc_style() {
            continue;
        }
        let mut places = Vec::new();
        for path in paths.into_iter().filter(|path| path.text().contains('{')) {
            context.consider();
            if path.singular_collection().is_some() {
                places.push(Place::new(path.span(), path.text()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` names a collection in the singular", place.subject))
                .at(place.span, "one word for the list and for its things: the plural reads right for both")
                .help("/orders/{order_id}")
                .evidence("singular collection")
        };
        found.extend(said_once(document, places, one, |all| {
            format!("{all} paths name a collection in the singular, like `/order/{{id}}`")
        }));
    }
    found
}
