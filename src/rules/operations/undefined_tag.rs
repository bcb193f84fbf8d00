//! An operation has a tag that the document does not declare beside others.

use crate::diagnostic::Diagnostic;
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::BTreeMap;

/// An operation has a tag that the document does not declare beside others.
pub(super) const RULE: Rule = rule!("operations/undefined-tag", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let declared: Vec<&str> = document.tags().iter().map(|tag| tag.name.value).collect();
        // Where none is declared, none is missing.
        if declared.is_empty() {
            continue;
        }
        let mut missing: BTreeMap<&str, Vec<(Span, String)>> = BTreeMap::new();
        for operation in document.own_operations() {
            for tag in operation.tags() {
                context.consider();
                if !declared.contains(&tag.value) {
                    missing.entry(tag.value).or_default().push((tag.span, operation.subject()));
                }
            }
        }
        for (tag, places) in missing {
            let Some((first, subject)) = places.first().cloned() else { continue };
            let diagnostic = Diagnostic::new(
                format!("{} tag {tag}", document.subject()),
                format!("tag `{tag}` is not among the {} that are declared", declared.len()),
            )
            .at(first, subject)
            .help(format!("tags:\n  - name: {tag}"))
            .evidence(format!("{tag} is not declared"));
            found.push(over(diagnostic, places));
        }
    }
    found
}
