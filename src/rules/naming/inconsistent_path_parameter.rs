//! A part of the path that is called by two names.

use crate::diagnostic::Diagnostic;
use crate::rules::habit::{Place, with_occurrences};
use crate::rules::{Context, Rule, rule};

/// A part of the path that is called by two names.
pub(super) const RULE: Rule = rule!("naming/inconsistent-path-parameter", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        document.paths().iter().filter(|path| path.text().contains('{')).for_each(|_| context.consider());
        for names in document.parameters_of_two_names() {
            let Some((first, rest)) = names.paths.split_first() else { continue };
            let message = format!("`{{{}}}` of `{}` is called `{{{}}}` elsewhere", names.name, first.text(), names.usual);
            let diagnostic = Diagnostic::new(format!("{} {}", first.text(), names.name), message)
                .at(first.span(), "several routers refuse two names for one place, and clients get two names for one argument")
                .context(names.example.span(), format!("{} paths that begin so call it `{{{}}}`", names.count, names.usual))
                .help(format!("{{{}}}", names.usual))
                .evidence(format!("{} and {} of {}", names.name, names.usual, names.shape));
            let places: Vec<Place> = rest.iter().map(|path| Place::new(path.span(), path.text())).collect();
            found.push(with_occurrences(diagnostic, &places));
        }
    }
    found
}
