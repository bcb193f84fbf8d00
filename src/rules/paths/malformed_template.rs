//! Braces of a path that make no parameters.

use crate::diagnostic::Diagnostic;
use crate::model::api::TemplateFault;
use crate::rules::{Context, Rule, rule};

/// Braces of a path that make no parameters.
pub(super) const RULE: Rule = rule!("paths/malformed-template", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, items) in context.head.api.own_paths() {
        for item in items {
            context.consider();
            let Some(fault) = item.template().fault else { continue };
            let (what, label) = match fault {
                TemplateFault::Unnamed => ("has a parameter without a name", "`{}` can be bound to no parameter"),
                TemplateFault::Unbalanced => ("has a brace without its counterpart", "where does the parameter end?"),
                TemplateFault::Twice => ("has the same parameter twice", "one value cannot stand at both places"),
            };
            found.push(
                Diagnostic::new(item.text(), format!("`{}` {what}", item.text()))
                    .at(item.span(), label)
                    .help("name each parameter once, in braces of its own: `/orders/{order_id}`")
                    .evidence(what),
            );
        }
    }
    found
}
