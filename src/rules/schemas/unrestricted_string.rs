//! Text that clients send without any form.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemaPart;
use crate::rules::schema_parts::Habit;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

/// Text that clients send without any form.
pub(super) const RULE: Rule = rule!("schemas/unrestricted-string", check);

const HABIT: Habit = Habit {
    noun: ["string", "strings"],
    says: ["has no `pattern`, `format` or `enum`", "have no `pattern`, `format` or `enum`"],
    label: "takes any text",
    help: "pattern: '^[a-z0-9-]+$'",
    concerns: |part| part.may_be_sent_by_clients() && part.schema().is_string(),
    lacks,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    HABIT.check(context)
}

fn lacks(part: SchemaPart) -> Option<Span> {
    let schema = part.schema();
    let forms = ["pattern", "format", "enum", "const"];
    (schema.is_wholly_known() && !part.has_any_key_around(&forms)).then(|| part.span())
}
