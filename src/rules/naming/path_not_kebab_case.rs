//! A path whose words are not joined by hyphens in lower case.

use crate::diagnostic::Diagnostic;
use crate::model::api::Casing;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// A path whose words are not joined by hyphens in lower case.
pub(super) const RULE: Rule = rule!("naming/path-not-kebab-case", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (document, paths) in context.head.api.own_paths() {
        // What the configuration asks for is judged by `naming/inconsistent-path-case`.
        if document.standards().casing.is_some_and(|asked| asked.paths.is_some()) {
            continue;
        }
        let mut places = Vec::new();
        for path in paths {
            context.consider();
            let other = |name: &str| Casing::of(name).is_some_and(|casing| casing != Casing::Kebab);
            if path.words().iter().any(|word| other(word.value)) {
                places.push(Place::new(path.span(), path.text()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` is not in kebab-case", place.subject))
                .at(place.span, "addresses are typed, read aloud and compared without case")
                .help("/order-lines")
                .evidence("not kebab-case")
        };
        found.extend(said_once(document, places, one, |all| format!("{all} paths are not in `kebab-case`")));
    }
    found
}
