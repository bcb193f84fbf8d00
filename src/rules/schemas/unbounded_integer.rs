//! A whole number that clients send as large as they like.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemaPart;
use crate::rules::schema_parts::Habit;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

/// A whole number that clients send as large as they like.
pub(super) const RULE: Rule = rule!("schemas/unbounded-integer", check);

const HABIT: Habit = Habit {
    noun: ["integer", "integers"],
    says: ["has no `minimum` and `maximum`", "have no `minimum` and `maximum`"],
    label: "takes numbers of any size",
    help: "minimum: 0\nmaximum: 2147483647",
    concerns: |part| part.may_be_sent_by_clients() && part.schema().types().contains(&"integer"),
    lacks,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    HABIT.check(context)
}

fn lacks(part: SchemaPart) -> Option<Span> {
    let schema = part.schema();
    // The bounds may stand apart, in members of one `allOf`.
    let around = |keys: &[&str]| part.has_any_key_around(keys);
    let is_bounded = || around(&["minimum", "exclusiveMinimum"]) && around(&["maximum", "exclusiveMaximum"]);
    (schema.is_wholly_known() && !schema.is_bounded_number() && !is_bounded() && !around(&["enum", "const"])).then(|| part.span())
}
