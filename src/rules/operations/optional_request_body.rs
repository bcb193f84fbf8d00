//! A request body that may be left out, although nothing can be done without it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{Method, OperationRef};
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// A request body that may be left out, although nothing can be done without it.
pub(super) const RULE: Rule = rule!("operations/optional-request-body", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let (mut demanding, mut others) = (Vec::new(), Vec::new());
        for operation in document.own_operations().filter(|operation| operation.is_known()) {
            let Some(body) = operation.request_body().filter(|body| body.is_known()) else { continue };
            let replaces = matches!(operation.method(), Method::Put | Method::Patch);
            if !replaces && operation.method() != Method::Post {
                continue;
            }
            context.consider();
            if body.is_required() {
                continue;
            }
            let place = Place::new(body.span(), operation.subject());
            if demands(operation) {
                demanding.push(place);
            } else if replaces && operation.carries_request() {
                others.push(place);
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("the request body of `{}` may be left out", place.subject))
                .at(place.span, "its schema has required properties: the two contradict each other")
                .help("required: true")
                .evidence("optional request body")
        };
        let many = |all| format!("{all} request bodies with required properties may be left out (no `required: true`)");
        found.extend(said_once(document, demanding, one, many));
        let one = |place: &Place| {
            let mut diagnostic = one(place);
            diagnostic.primary.text = "there is nothing to write without it".to_owned();
            diagnostic.at_most(Severity::Info, "no property of it is required")
        };
        let many = |all| format!("{all} request bodies of `PUT` and `PATCH` may be left out (no `required: true`)");
        found.extend(said_once(document, others, one, many));
    }
    found
}

/// Whether a body, if there is one, has to have some property that callers set.
fn demands(operation: OperationRef) -> bool {
    let properties = operation.request_properties();
    properties.iter().any(|property| property.required && property.schema.is_known() && !property.schema.is_read_only())
}
