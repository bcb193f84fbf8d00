//! An operation id with characters that no address may have.

use crate::diagnostic::Diagnostic;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// An operation id with characters that no address may have.
pub(super) const RULE: Rule = rule!("operations/unsafe-operation-id", check);

/// What may stand in an address besides letters and digits (RFC 3986).
const SIGNS: &str = "-._~:/?#[]@!$&'()*+,;=";

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut places = Vec::new();
        for id in document.own_operations().filter_map(|operation| operation.operation_id_spanned()) {
            context.consider();
            if id.value.chars().any(|c| !c.is_ascii_alphanumeric() && !SIGNS.contains(c)) {
                places.push(Place::new(id.span, id.value));
            }
        }
        let one = |place: &Place| {
            let subject = format!("{} operation {}", document.subject(), place.subject);
            Diagnostic::new(subject, format!("operation id `{}` cannot stand in an address", place.subject))
                .at(place.span, "documentation links to operations by their ids, and code names methods after them")
                .help("use letters, digits, `-` and `_`: `listOrders`")
                .evidence("unsafe operation id")
        };
        found.extend(said_once(document, places, one, |all| format!("{all} values of `operationId` cannot stand in an address")));
    }
    found
}
