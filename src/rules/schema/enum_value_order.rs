//! A pending migration adds a label to an enum and leaves its place in the order open.

use crate::diagnostic::Diagnostic;
use crate::rules::pending::gather;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/enum-value-order", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps() {
        let Some((name, label, placed)) = step.added_label() else { continue };
        context.consider();
        if placed {
            continue;
        }
        let message = format!("the place of `{label}` in the order of `{name}` is left open");
        let diagnostic = Diagnostic::new(format!("{name}.{label}"), message)
            .at(step.step.op.span, "it comes last, in every sort and comparison")
            .help(format!("ALTER TYPE {} ADD VALUE '{}' AFTER '..';", step.sql_name(name), label.replace('\'', "''")));
        found.push((step, diagnostic));
    }
    gather(found)
}
