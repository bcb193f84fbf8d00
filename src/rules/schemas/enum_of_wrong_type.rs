//! A value of an enum that its type excludes.

use crate::diagnostic::Diagnostic;
use crate::model::api::Mark;
use crate::rules::{Context, Rule, rule};

/// A value of an enum that its type excludes.
pub(super) const RULE: Rule = rule!("schemas/enum-of-wrong-type", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for part in context.head.api.schemas_with(Mark::Values) {
        let schema = part.schema();
        if schema.types().is_empty() {
            continue;
        }
        context.consider();
        let wrong = schema.mistyped_enum_values();
        let Some((first, rest)) = wrong.split_first() else { continue };
        let (value, types) = (first.value.as_str(), schema.types().join(" or "));
        let quotable = schema.is_string() && !["a list", "an object"].contains(&value);
        let help = match value {
            "null" if part.is_json_schema() => format!("type: [{}, \"null\"]", schema.types().join(", ")),
            "null" => "nullable: true".to_owned(),
            _ if quotable => format!("\"{value}\""),
            _ => format!("a value of type {types}"),
        };
        let diagnostic =
            Diagnostic::new(part.subject(), format!("`{value}` in the enum `{}` is not of type {types}", part.name()))
                .at(first.span, "no value can be this one and of the type")
                .cause(first.against, "the type")
                .help(help)
                .evidence(value);
        found
            .push(rest.iter().fold(diagnostic, |all, one| all.occurrence(one.span, format!("{} {}", part.subject(), one.value))));
    }
    found
}
