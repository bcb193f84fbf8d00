//! A value of an enum that its type excludes.

use crate::diagnostic::Diagnostic;
use crate::model::api::{Mark, Oddity, SchemaPart};
use crate::rules::habit::folded;
use crate::rules::{Context, Rule, rule};

/// A value of an enum that its type excludes.
pub(super) const RULE: Rule = rule!("schemas/enum-of-wrong-type", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let typed = document.schemas_with(Mark::Values).filter(|part| !part.schema().types().is_empty());
        let wrong: Vec<(SchemaPart, Diagnostic)> =
            typed.inspect(|_| context.consider()).filter_map(|part| Some((part, report(part)?))).collect();
        let first = wrong.first().map_or("", |(part, _)| part.name());
        let headline = |count| format!("{count} enums have values that are not of their type, `{first}` first");
        let all = wrong.iter().map(|(_, diagnostic)| diagnostic.clone()).collect();
        found.extend(folded(document, all, headline, "enum values of other types"));
    }
    found
}

/// The first value that its type excludes, and the others.
fn report(part: SchemaPart) -> Option<Diagnostic> {
    let schema = part.schema();
    let wrong = schema.mistyped_enum_values();
    let (first, rest) = wrong.split_first()?;
    let (value, types) = (first.value.as_str(), schema.types().join(" or "));
    let quotable = schema.is_string() && !["a list", "an object"].contains(&value);
    let help = match value {
        "null" if part.is_json_schema() => format!("type: [{}, \"null\"]", schema.types().join(", ")),
        "null" => "nullable: true".to_owned(),
        _ if quotable => format!("\"{value}\""),
        _ => format!("a value of type {types}"),
    };
    let diagnostic = Diagnostic::new(part.subject(), format!("`{value}` in the enum `{}` is not of type {types}", part.name()))
        .at(first.span, "no value can be this one and of the type")
        .cause(first.against, "the type")
        .help(help)
        .evidence(value);
    let more = |all: Diagnostic, one: &Oddity| all.occurrence(one.span, format!("{} {}", part.subject(), one.value));
    Some(rest.iter().fold(diagnostic, more))
}
