//! A value that an enum lists twice.

use crate::diagnostic::Diagnostic;
use crate::model::api::Mark;
use crate::rules::{Context, Rule, rule};

/// A value that an enum lists twice.
pub(super) const RULE: Rule = rule!("schemas/duplicate-enum-value", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for part in context.head.api.schemas_with(Mark::Values) {
        context.consider();
        let repeated = part.schema().repeated_enum_values();
        let Some((first, rest)) = repeated.split_first() else { continue };
        let value = first.value.as_str();
        let diagnostic = Diagnostic::new(part.subject(), format!("`{value}` stands twice in the enum `{}`", part.name()))
            .at(first.span, "once more")
            .context(first.against, "here already")
            .evidence(value);
        found
            .push(rest.iter().fold(diagnostic, |all, one| all.occurrence(one.span, format!("{} {}", part.subject(), one.value))));
    }
    found
}
