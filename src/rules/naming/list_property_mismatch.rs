//! A list whose array is not called what the path ends in, as the others are.

use crate::diagnostic::Diagnostic;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// A list whose array is not called what the path ends in, as the others are.
pub(super) const RULE: Rule = rule!("naming/list-property-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let (lists, is_habit) = document.lists_named_after_paths();
        lists.iter().for_each(|_| context.consider());
        if !is_habit {
            continue;
        }
        let others = lists.iter().filter(|(operation, list)| !operation.is_named_after_path(list));
        let mut places: Vec<Place> = Vec::new();
        for (operation, list) in others {
            // A schema that several lists share is written once.
            if places.iter().all(|place| place.span != list.span()) {
                places.push(Place::new(list.span(), operation.subject()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("the list of `{}` is not called what its path ends in", place.subject))
                .at(place.span, "the lists of the other operations are")
                .help("name the array after the collection: `orders` for `GET /orders`")
                .evidence("list named otherwise")
        };
        found.extend(said_once(document, places, one, |all| {
            format!("{all} lists are not called what their path ends in, like `orders`")
        }));
    }
    found
}
