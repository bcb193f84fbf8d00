//! 202 beside another success: callers cannot know whether the work is done.

use crate::diagnostic::Diagnostic;
use crate::model::api::Status;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// 202 beside another success: callers cannot know whether the work is done.
pub(super) const RULE: Rule = rule!("status/accepted-beside-success", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut places = Vec::new();
        for operation in document.own_operations() {
            let responses = operation.responses();
            let Some(accepted) = responses.iter().find(|one| one.status() == Status::Code(202)) else { continue };
            context.consider();
            if responses.iter().any(|one| one.status().class() == Some(2) && one.status() != accepted.status()) {
                places.push(Place::new(accepted.key_span(), operation.subject()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` answers 202 or another success", place.subject))
                .at(place.span, "each caller needs both paths: the work may be done, or only begun")
                .help("always answer 202 with an operation to ask after, which may be done already")
                .evidence("202 beside another success")
        };
        found.extend(said_once(document, places, one, |all| format!("{all} operations answer `202` or another success")));
    }
    found
}
