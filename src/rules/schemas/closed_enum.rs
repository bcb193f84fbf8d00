//! Values that can never become more.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemaPart;
use crate::rules::schema_parts::Habit;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

/// Values that can never become more.
pub(super) const RULE: Rule = rule!("schemas/closed-enum", check);

const HABIT: Habit = Habit {
    noun: ["enum", "enums"],
    says: ["can never have another value", "can never have another value"],
    label: "clients that check it refuse what comes later",
    help: "x-extensible-enum: [..]",
    concerns: |part| part.schema().is_string() && !part.is_of_parameter(),
    lacks,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    HABIT.check(context)
}

fn lacks(part: SchemaPart) -> Option<Span> {
    let schema = part.schema();
    let is_one = schema.enum_values().len() < 2;
    (!is_one && !schema.has_key("x-extensible-enum")).then(|| schema.key_span("enum"))?
}
