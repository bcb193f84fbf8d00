//! 202 with nothing to ask after the result with.

use crate::diagnostic::Diagnostic;
use crate::model::api::Status;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// 202 with nothing to ask after the result with.
pub(super) const RULE: Rule = rule!("status/accepted-without-handle", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut places = Vec::new();
        for operation in document.own_operations().filter(|operation| operation.is_known()) {
            let responses = operation.responses();
            let Some(accepted) = responses.iter().find(|one| one.status() == Status::Code(202)) else { continue };
            context.consider();
            if accepted.is_known() && !accepted.leads_to_result() {
                places.push(Place::new(accepted.key_span(), operation.subject()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` answers 202 with nothing to ask after the result with", place.subject))
                .at(place.span, "neither a `Location` header nor an id, a status or a link in the body")
                .help("headers:\n  Location:\n    description: Where the state of the work is told\n    schema:\n      type: string\n      format: uri")
                .evidence("202 without a handle")
        };
        let many = |all| format!("{all} operations answer `202` with nothing to ask after the result with");
        found.extend(said_once(document, places, one, many));
    }
    found
}
