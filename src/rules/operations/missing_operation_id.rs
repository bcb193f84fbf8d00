//! An operation without an id.

use crate::diagnostic::Diagnostic;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// An operation without an id.
pub(super) const RULE: Rule = rule!("operations/missing-operation-id", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut places = Vec::new();
        for operation in document.own_operations() {
            context.consider();
            if operation.operation_id().is_none() {
                places.push(Place::new(operation.span(), operation.subject()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` has no operation id", place.subject))
                .at(place.span, "generated clients make up a name, which changes with the path")
                .help("operationId: listOrders")
                .evidence("no operation id")
        };
        found.extend(said_once(document, places, one, |all| format!("{all} operations have no `operationId`")));
    }
    found
}
