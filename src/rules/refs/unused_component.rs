//! Components that nothing refers to.

use crate::diagnostic::{Confidence, Diagnostic};
use crate::rules::{Context, Rule, rule};

/// Components that nothing refers to.
pub(super) const RULE: Rule = rule!("refs/unused-component", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        document.components().iter().for_each(|_| context.consider());
        let idle = document.unused_components();
        let Some((first, rest)) = idle.split_first() else { continue };
        let (kind, name) = (first.kind().name(), first.name());
        let message = match rest.len() {
            0 => format!("nothing uses the {kind} `{name}`"),
            more => format!("nothing uses {} components, the {kind} `{name}` first", more + 1),
        };
        let diagnostic = Diagnostic::new(document.subject(), message).at(first.span(), "no reference leads here");
        let subject = |one: &crate::model::api::ComponentRef| format!("{} {}", one.kind().name(), one.name());
        let diagnostic = rest.iter().fold(diagnostic, |all, one| all.occurrence(one.span(), subject(one)));
        found.push(match document.is_library() {
            true => diagnostic.sure_at_most(Confidence::Low, "a document without operations may be there for others to use"),
            false => diagnostic,
        });
    }
    found
}
