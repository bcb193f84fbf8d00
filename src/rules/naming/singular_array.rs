//! An array with a name that means one.

use crate::diagnostic::Diagnostic;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// An array with a name that means one.
pub(super) const RULE: Rule = rule!("naming/singular-array", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut places = Vec::new();
        for property in document.properties_anywhere() {
            if !property.schema.is_known() || !property.schema.core().is_array() {
                continue;
            }
            context.consider();
            if !property.means_many() {
                places.push(Place::new(property.span, property.name));
            }
        }
        let one = |place: &Place| {
            let subject = format!("{} property {}", document.subject(), place.subject);
            Diagnostic::new(subject, format!("the array `{}` has a name that means one", place.subject))
                .at(place.span, "callers expect one value")
                .help("name an array in the plural: `orders`")
                .evidence("singular array")
        };
        found.extend(said_once(document, places, one, |all| {
            format!("{all} arrays have a name that means one, not many like `orders`")
        }));
    }
    found
}
