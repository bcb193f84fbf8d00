//! Text that clients send as long as they like.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemaPart;
use crate::rules::schema_parts::Habit;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

/// Text that clients send as long as they like.
pub(super) const RULE: Rule = rule!("schemas/unbounded-string", check);

const HABIT: Habit = Habit {
    noun: ["string", "strings"],
    says: ["has no `maxLength`", "have no `maxLength`"],
    label: "takes text of any length",
    help: "maxLength: 255",
    concerns: |part| part.may_be_sent_by_clients() && part.schema().is_string(),
    lacks,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    HABIT.check(context)
}

fn lacks(part: SchemaPart) -> Option<Span> {
    let schema = part.schema();
    let bounds = ["maxLength", "enum", "const"];
    // The form of these says how long they are.
    let fixed = ["date", "date-time", "time", "uuid", "ipv4", "ipv6", "binary"];
    let is_fixed = schema.format().is_some_and(|format| fixed.contains(&format));
    (schema.is_wholly_known() && !is_fixed && !part.has_any_key_around(&bounds)).then(|| part.span())
}
