//! Two bounds of one side, of which one says nothing.

use crate::diagnostic::Diagnostic;
use crate::model::api::Mark;
use crate::rules::{Context, Rule, rule};

/// Two bounds of one side, of which one says nothing.
pub(super) const RULE: Rule = rule!("schemas/redundant-bound", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for part in context.head.api.schemas_with(Mark::Bound) {
        context.consider();
        for clash in part.schema().redundant_bounds() {
            let message = format!("`{}` of `{}` has no effect beside `{}`", clash.other, part.name(), clash.one);
            let diagnostic = Diagnostic::new(part.subject(), message)
                .at(clash.other_span, "never reached")
                .cause(clash.one_span, "the bound that holds")
                .help(format!("only {}", clash.one))
                .evidence(format!("{} {}", clash.one, clash.other));
            found.push(diagnostic);
        }
    }
    found
}
