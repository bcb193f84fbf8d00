//! Bounds that leave no room for any value.

use crate::diagnostic::Diagnostic;
use crate::model::api::Mark;
use crate::rules::{Context, Rule, rule};

/// Bounds that leave no room for any value.
pub(super) const RULE: Rule = rule!("schemas/impossible-range", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for part in context.head.api.schemas_with(Mark::Bound) {
        context.consider();
        for clash in part.schema().impossible_ranges() {
            let message = format!("no value of `{}` can have `{}` and `{}`", part.name(), clash.one, clash.other);
            let diagnostic = Diagnostic::new(part.subject(), message)
                .at(clash.one_span, "more than the upper bound allows")
                .cause(clash.other_span, "the upper bound")
                .evidence(format!("{} {}", clash.one, clash.other));
            found.push(diagnostic);
        }
    }
    found
}
