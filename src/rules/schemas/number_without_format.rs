//! A number without its size.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemaPart;
use crate::rules::schema_parts::Habit;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

/// A number without its size.
pub(super) const RULE: Rule = rule!("schemas/number-without-format", check);

const HABIT: Habit = Habit {
    noun: ["number", "numbers"],
    says: ["has no `format` that says its size", "have no `format` that says their size"],
    label: "32 or 64 bits, each client decides",
    help: "format: int64",
    concerns: |part| part.schema().is_number(),
    lacks,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    HABIT.check(context)
}

fn lacks(part: SchemaPart) -> Option<Span> {
    let schema = part.schema();
    let formats: &[&str] = match schema.types().contains(&"integer") {
        true => &["int32", "int64", "bigint"],
        false => &["float", "double", "decimal", "decimal128"],
    };
    let says = schema.format().is_some_and(|format| formats.contains(&format));
    (schema.is_known() && !says && !part.has_any_key_around(&["enum", "const"])).then(|| part.span())
}
