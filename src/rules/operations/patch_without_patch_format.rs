//! A PATCH that does not say how the change is written.

use crate::diagnostic::Diagnostic;
use crate::model::api::Method;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// A PATCH that does not say how the change is written.
pub(super) const RULE: Rule = rule!("operations/patch-without-patch-format", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut places = Vec::new();
        let patches = document.own_operations().filter(|operation| operation.method() == Method::Patch && operation.is_known());
        for operation in patches {
            context.consider();
            if !operation.takes_patch_format() {
                let place = operation.request_body().map_or(operation.span(), |body| body.span());
                places.push(Place::new(place, operation.subject()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` takes no patch format", place.subject))
                .at(place.span, "does a property that is missing stay, and how is one removed?")
                .help("application/merge-patch+json:")
                .evidence("no patch format")
        };
        found.extend(said_once(document, places, one, |all| format!("{all} `PATCH` operations take no patch format")));
    }
    found
}
