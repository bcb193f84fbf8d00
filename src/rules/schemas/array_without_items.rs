//! An array that says nothing of what is in it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::Mark;
use crate::rules::{Context, Rule, rule};

/// An array that says nothing of what is in it.
pub(super) const RULE: Rule = rule!("schemas/array-without-items", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for part in context.head.api.schemas_with(Mark::Array) {
        context.consider();
        if !part.is_array_without_items() {
            continue;
        }
        let diagnostic = Diagnostic::new(part.subject(), format!("array `{}` does not say what its items are", part.name()))
            .at(part.schema().key_span("type").unwrap_or(part.span()), "has no `items`")
            .help("items: { type: string }");
        found.push(match part.is_json_schema() {
            true => diagnostic.at_most(Severity::Info, "from 3.1 on an array without `items` is one of anything"),
            false => diagnostic,
        });
    }
    found
}
