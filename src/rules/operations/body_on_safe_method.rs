//! A request body where the method has no meaning for one.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::Method;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// A request body where the method has no meaning for one.
pub(super) const RULE: Rule = rule!("operations/body-on-safe-method", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let (mut safe, mut deletes) = (Vec::new(), Vec::new());
        for operation in document.own_operations().filter(|operation| operation.is_known()) {
            let places = match operation.method() {
                Method::Get | Method::Head | Method::Trace => &mut safe,
                Method::Delete => &mut deletes,
                _ => continue,
            };
            context.consider();
            if let Some(body) = operation.request_body().filter(|_| operation.carries_request()) {
                places.push(Place::new(body.span(), operation.subject()));
            }
        }
        let one = |place: &Place| {
            let message = format!("`{}` takes a request body, which its method has no meaning for", place.subject);
            Diagnostic::new(&place.subject, message)
                .at(place.span, "proxies, caches and client libraries drop it, or refuse the request")
                .evidence("body on a safe method")
        };
        let help = "take what is asked for as query parameters, or let the operation be a POST (from OpenAPI 3.2 a QUERY)";
        found.extend(said_once(
            document,
            safe,
            |place| one(place).help(help),
            |all| format!("{all} operations take a request body, which their method has no meaning for, like `GET`"),
        ));
        let help = "take what is to be deleted from the path or from query parameters, or let the operation be a POST";
        found.extend(said_once(
            document,
            deletes,
            |place| one(place).help(help).at_most(Severity::Info, "many servers and clients take a body with DELETE"),
            |all| format!("{all} `DELETE` operations take a request body, which the method has no meaning for"),
        ));
    }
    found
}
