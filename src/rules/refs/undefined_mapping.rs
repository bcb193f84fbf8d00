//! A discriminator value that is mapped to no schema.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// A discriminator value that is mapped to no schema.
pub(super) const RULE: Rule = rule!("refs/undefined-mapping", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        for part in document.discriminated() {
            context.consider();
            for one in part.lost_mapping() {
                let message = format!("`{}` is mapped to `{}`, which is no schema", one.key, one.target.value);
                let diagnostic = Diagnostic::new(format!("{} {}", part.subject(), one.key), message)
                    .at(one.target.span, "nothing of this name is there")
                    .evidence(one.target.value);
                found.push(diagnostic);
            }
        }
    }
    found
}
