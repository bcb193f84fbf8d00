//! 412 where a request can state no precondition.

use crate::diagnostic::Diagnostic;
use crate::model::api::Status;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// 412 where a request can state no precondition.
pub(super) const RULE: Rule = rule!("status/precondition-failed-without-precondition", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut places = Vec::new();
        for operation in document.own_operations().filter(|operation| operation.is_known()) {
            let responses = operation.responses();
            let Some(failed) = responses.iter().find(|one| one.status() == Status::Code(412)) else { continue };
            context.consider();
            if !operation.takes_precondition() {
                places.push(Place::new(failed.key_span(), operation.subject()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` answers 412, and takes no precondition", place.subject))
                .at(place.span, "412 says that a condition in the headers of the request does not hold")
                .help("declare the header `If-Match`, or answer 409 or 422 where a rule of the business does not hold")
                .evidence("412 without a precondition")
        };
        found.extend(said_once(document, places, one, |all| format!("{all} operations answer `412`, and take no precondition")));
    }
    found
}
