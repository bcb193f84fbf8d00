//! A time whose name does not say that it is one.

use crate::diagnostic::Diagnostic;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// A time whose name does not say that it is one.
pub(super) const RULE: Rule = rule!("naming/time-without-suffix", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut named: Vec<_> = document.properties_anywhere().collect();
        named.extend(document.parameters_anywhere());
        let mut places = Vec::new();
        for one in named.into_iter().filter(|one| one.schema.is_known()) {
            context.consider();
            if one.is_unnamed_time() {
                places.push(Place::new(one.span, one.name));
            }
        }
        let one = |place: &Place| {
            let subject = format!("{} {}", document.subject(), place.subject);
            Diagnostic::new(subject, format!("the name of `{}` does not say that it is a time", place.subject))
                .at(place.span, "read without its schema it may as well be a flag, or a person")
                .help("say what happened then: `created_at`, `createdAt`, `create_time`")
                .evidence("time without a suffix")
        };
        found.extend(said_once(document, places, one, |all| {
            format!("{all} names of times do not say that they are one, like `created_at`")
        }));
    }
    found
}
