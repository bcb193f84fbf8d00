//! 200 that does not say with what.

use crate::diagnostic::Diagnostic;
use crate::model::api::{Method, Status};
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// 200 that does not say with what.
pub(super) const RULE: Rule = rule!("status/success-without-content", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut places = Vec::new();
        let judged =
            document.own_operations().filter(|one| !matches!(one.method(), Method::Head | Method::Options) && one.is_known());
        for operation in judged {
            let responses = operation.responses();
            let Some(fine) = responses.iter().find(|one| one.status() == Status::Code(200)) else { continue };
            context.consider();
            if fine.is_known() && !fine.has_body() {
                places.push(Place::new(fine.key_span(), operation.subject()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` answers 200 and does not say with what", place.subject))
                .at(place.span, "with a body, its schema is missing; without one, 204 says so")
                .help("\"204\":")
                .evidence("200 without content")
        };
        found.extend(said_once(document, places, one, |all| format!("{all} operations answer `200` and do not say with what")));
    }
    found
}
