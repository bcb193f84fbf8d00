//! An object that takes any further property.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemaPart;
use crate::rules::schema_parts::Habit;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

/// An object that takes any further property.
pub(super) const RULE: Rule = rule!("schemas/open-object", check);

const HABIT: Habit = Habit {
    noun: ["object", "objects"],
    says: ["takes any further property", "take any further property"],
    label: "what clients make up comes through",
    help: "additionalProperties: false",
    concerns: |part| part.may_be_sent_by_clients() && part.schema().is_object(),
    lacks,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    HABIT.check(context)
}

fn lacks(part: SchemaPart) -> Option<Span> {
    let schema = part.schema();
    (schema.welcomes_more_properties() && !schema.has_key("maxProperties")).then(|| schema.key_span("additionalProperties"))?
}
