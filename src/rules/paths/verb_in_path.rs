//! A verb in a path, where the method already says what is done.

use crate::diagnostic::Diagnostic;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// A verb in a path, where the method already says what is done.
pub(super) const RULE: Rule = rule!("paths/verb-in-path", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (document, items) in context.head.api.own_paths() {
        if document.is_rpc_style() {
            continue;
        }
        let mut places = Vec::new();
        for item in items {
            context.consider();
            if item.verb().is_some() {
                places.push(Place::new(item.span(), item.text()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` has a verb in it", place.subject))
                .at(place.span, "the method says what is done, the path what it is done to")
                .help("name the thing, and let GET, POST, PUT, PATCH and DELETE be the verbs: `DELETE /users/{id}`")
                .evidence("verb in a path")
        };
        found.extend(said_once(document, places, one, |all| format!("{all} paths have a verb in them, like `/users/delete`")));
    }
    found
}
