//! An enum that may be null by its type, and not by its values.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::Mark;
use crate::rules::{Context, Rule, rule};

/// An enum that may be null by its type, and not by its values.
pub(super) const RULE: Rule = rule!("schemas/nullable-enum-without-null", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let nullable = document.schemas_with(Mark::Values).filter(|part| part.schema().is_nullable());
        let places = nullable.inspect(|_| context.consider()).filter_map(|part| Some((part, part.schema().enum_without_null()?)));
        let places: Vec<_> = places.collect();
        let Some(((first, span), rest)) = places.split_first() else { continue };
        let message = match rest.len() {
            0 => format!("`{}` may be null by its type, and `null` is not among its values", first.name()),
            more => format!("{} enums may be null by their type and not by their values, `{}` first", more + 1, first.name()),
        };
        let diagnostic =
            Diagnostic::new(document.subject(), message).at(*span, "no `null`").help("add `null` to the values, without quotes");
        let diagnostic = rest.iter().fold(diagnostic, |all, (part, span)| all.occurrence(*span, part.subject()));
        found.push(match first.is_json_schema() {
            true => diagnostic,
            false => diagnostic.at_most(Severity::Info, "many tools for 3.0 take `nullable` alone for enough"),
        });
    }
    found
}
