//! An array that clients send as long as they like.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemaPart;
use crate::rules::schema_parts::Habit;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

/// An array that clients send as long as they like.
pub(super) const RULE: Rule = rule!("schemas/unbounded-array", check);

const HABIT: Habit = Habit {
    noun: ["array", "arrays"],
    says: ["has no `maxItems`", "have no `maxItems`"],
    label: "takes any number of items",
    help: "maxItems: 100",
    concerns: |part| part.may_be_sent_by_clients() && part.schema().is_array(),
    lacks,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    HABIT.check(context)
}

fn lacks(part: SchemaPart) -> Option<Span> {
    let schema = part.schema();
    let bounds = ["maxItems", "enum", "const"];
    (schema.is_wholly_known() && !part.has_any_key_around(&bounds)).then(|| part.span())
}
