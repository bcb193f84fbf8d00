//! Parts of one schema that no value can meet together.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};
use std::collections::HashSet;

/// Parts of one schema that no value can meet together.
pub(super) const RULE: Rule = rule!("schemas/conflicting-all-of", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut told = HashSet::new();
    for (part, conflicts) in context.head.api.type_conflicts() {
        context.consider();
        // What extends a schema that contradicts itself draws the same contradiction in.
        for conflict in conflicts.into_iter().filter(|one| told.insert((one.one_span, one.other_span))) {
            let (one, other) = (&conflict.one, &conflict.other);
            let what = match conflict.property {
                Some(property) => format!("`{property}` of `{}`", part.name()),
                None => format!("`{}`", part.name()),
            };
            let subject = format!("{} {}", part.subject(), conflict.property.unwrap_or(""));
            let diagnostic = Diagnostic::new(subject.trim(), format!("{what} must be {one} and {other} at once"))
                .at(conflict.other_span, format!("{other} here, and `allOf` joins both"))
                .cause(conflict.one_span, format!("{one} here"))
                .evidence(format!("{one} {other}"));
            found.push(diagnostic);
        }
    }
    found
}
