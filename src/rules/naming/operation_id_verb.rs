//! An operation id that does not say what is done.

use crate::diagnostic::Diagnostic;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// An operation id that does not say what is done.
pub(super) const RULE: Rule = rule!("naming/operation-id-verb", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut places = Vec::new();
        for operation in document.own_operations() {
            let Some(id) = operation.operation_id_spanned() else { continue };
            context.consider();
            if operation.id_names_no_action() {
                places.push(Place::new(id.span, operation.subject()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("the operation id of `{}` does not say what is done", place.subject))
                .at(place.span, "a method of a generated client is called so")
                .help("begin with the action: `listOrders`, `createOrder`, `deleteOrder`")
                .evidence("operation id without a verb")
        };
        found.extend(said_once(document, places, one, |all| format!("{all} values of `operationId` do not say what is done")));
    }
    found
}
