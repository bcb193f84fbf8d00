//! A path that ends in a slash.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::habit::{Place, said_once, with_occurrences};
use crate::rules::{Context, Rule, rule};

/// A path that ends in a slash.
pub(super) const RULE: Rule = rule!("paths/trailing-slash", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (document, items) in context.head.api.own_paths() {
        let mut places = Vec::new();
        // The root has to end in one, and what has a query or a fragment in it is no path.
        let paths: Vec<_> = items.into_iter().filter(|item| item.text() != "/" && item.template().tail.is_none()).collect();
        for item in &paths {
            context.consider();
            if item.template().ends_in_slash() {
                places.push(Place::new(item.span(), item.text()));
            }
        }
        let (slashed, all) = (places.len(), paths.len());
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` ends in a slash", place.subject))
                .at(place.span, "with and without the slash are two addresses: one of them answers 404 or redirects")
                .help(place.subject.trim_end_matches('/'))
                .evidence("trailing slash")
        };
        let like = places.first().map(|place| place.subject.clone()).unwrap_or_default();
        let headline = |slashed| format!("{slashed} of {all} paths end in a slash, like `{like}`");
        match places.as_slice() {
            // The style of the document is one thing, and no departure.
            [first, rest @ ..] if slashed * 2 >= all => {
                let mut diagnostic = with_occurrences(one(first), rest);
                diagnostic.message = headline(slashed);
                diagnostic.subject = document.subject();
                diagnostic.help = None;
                found.push(diagnostic.at_most(Severity::Info, "it is the style of the document"));
            }
            _ => found.extend(said_once(document, places, one, headline)),
        }
    }
    found
}
