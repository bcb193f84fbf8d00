//! A path with a parameter that is written before the more specific one.

use crate::diagnostic::Diagnostic;
use crate::model::api::Which;
use crate::rules::{Context, Rule, rule};

/// A path with a parameter that is written before the more specific one.
pub(super) const RULE: Rule = rule!("paths/template-before-literal", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        document.paths().iter().for_each(|_| context.consider());
        for overlap in document.overlapping_paths() {
            if overlap.specific != Some(Which::Second) {
                continue;
            }
            let (first, second, method) = (overlap.first.text(), overlap.second.text(), overlap.method);
            let message = format!("`{second}` stands after `{first}`, which matches it too");
            found.push(
                Diagnostic::new(format!("{method} {second}"), message)
                    .at(overlap.second.span(), format!("a router that takes the first match never gets to this `{method}`"))
                    .cause(overlap.first.span(), "matches first")
                    .help(format!("move `{second}` before `{first}`"))
                    .evidence(format!("after {first}")),
            );
        }
    }
    found
}
