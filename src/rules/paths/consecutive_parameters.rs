//! Two parameters in a row, with no word between them.

use crate::diagnostic::Diagnostic;
use crate::model::api::Piece;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// Two parameters in a row, with no word between them.
pub(super) const RULE: Rule = rule!("paths/consecutive-parameters", check);

fn is_parameter(segment: &[Piece]) -> bool {
    matches!(segment, [Piece::Parameter(_)])
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (document, items) in context.head.api.own_paths() {
        let mut places = Vec::new();
        for item in items {
            context.consider();
            let segments = item.template().segments;
            if segments.windows(2).any(|pair| pair.iter().all(|segment| is_parameter(segment))) {
                places.push(Place::new(item.span(), item.text()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` has two parameters in a row", place.subject))
                .at(place.span, "nothing says what the second one is, and no list can stand between them")
                .help("put the name of the collection between them: `/{customer_id}/orders/{order_id}`")
                .evidence("consecutive parameters")
        };
        found.extend(said_once(document, places, one, |all| {
            format!("{all} paths have two parameters in a row, like `/{{a}}/{{b}}`")
        }));
    }
    found
}
