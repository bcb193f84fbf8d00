//! A required property that is not declared.

use crate::diagnostic::Diagnostic;
use crate::model::api::Mark;
use crate::rules::{Context, Rule, rule};

/// A required property that is not declared.
pub(super) const RULE: Rule = rule!("schemas/required-but-undefined", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for part in context.head.api.schemas_with(Mark::Required) {
        context.consider();
        let missing = part.undefined_required();
        let Some(((name, span), rest)) = missing.split_first() else { continue };
        let message = match rest.len() {
            0 => format!("`{}` requires `{name}`, which is no property of it", part.name()),
            more => format!("`{}` requires {} properties that it does not have, `{name}` first", part.name(), more + 1),
        };
        let diagnostic = Diagnostic::new(part.subject(), message)
            .at(*span, "no `properties` around it has this name")
            .help(format!("{name}: {{ type: string }}"))
            .evidence(*name);
        found.push(rest.iter().fold(diagnostic, |all, (name, span)| all.occurrence(*span, format!("{} {name}", part.subject()))));
    }
    found
}
