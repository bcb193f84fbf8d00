//! A property that may be null.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemaPart;
use crate::rules::schema_parts::Habit;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

/// A property that may be null.
pub(super) const RULE: Rule = rule!("schemas/nullable-property", check);

const HABIT: Habit = Habit {
    noun: ["property", "properties"],
    says: ["may be `null`", "may be `null`"],
    label: "absent and `null` are two cases for every client",
    help: "leave it out of `required` instead",
    concerns: |part| !part.schema().types().is_empty(),
    lacks,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    HABIT.check(context)
}

fn lacks(part: SchemaPart) -> Option<Span> {
    part.schema().is_nullable().then(|| part.span())
}
