//! An error body that is written out at each response instead of referred to.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule, spread};

/// An error body that is written out at each response instead of referred to.
pub(super) const RULE: Rule = rule!("errors/copied-error-schema", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        context.consider();
        for (shape, group) in document.copied_errors() {
            let Some(first) = group.first() else { continue };
            let label = shape.label();
            let message = format!("the error body `{label}` is written out {} times instead of referred to", group.len());
            let diagnostic = Diagnostic::new(format!("{} copies of {label}", document.subject()), message)
                .at(first.span(), format!("{}: a copy that can drift from the others", first.subject()))
                .help("schema: { $ref: \"#/components/schemas/Error\" }")
                .evidence(format!("copies of {label}"));
            found.push(spread::over(diagnostic, group.iter().map(|body| (body.span(), body.subject()))));
        }
    }
    found
}
