//! A pending migration renames a value of an enum: old code and new code cannot both work.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/rename-enum-value", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps() {
        let Some(renamed) = step.renamed_label() else { continue };
        context.consider();
        if renamed.audience == Audience::Nobody {
            continue;
        }
        let (name, from, to) = (step.sql_name(renamed.type_name), renamed.from, renamed.to);
        let literal = |value: &str| value.replace('\'', "''");
        let diagnostic = Diagnostic::new(
            format!("{}.{from}", renamed.type_name),
            format!("value `{from}` of `{name}` is renamed to `{to}` in one step"),
        )
        .at(step.step.op.span, "from here on old code that writes or compares the value fails, and before it new code does")
        .help(format!(
            "add the new value, let the code read both and write the new one, change the rows in batches:\nALTER TYPE {name} ADD VALUE '{}' AFTER '{}';",
            literal(to),
            literal(from)
        ))
        .evidence(format!("to {to}"));
        found.push((step, careful(&step, renamed.audience, diagnostic)));
    }
    gather(found)
}
