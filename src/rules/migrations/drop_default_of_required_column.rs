//! A pending migration drops the default of a column that demands a value.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/drop-default-of-required-column", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps() {
        let Some(name) = step.dropped_default() else { continue };
        context.consider();
        let Some(column) = step.left_without_default() else { continue };
        if step.audience() == Audience::Nobody {
            continue;
        }
        let (table, written) = (step.table(), step.sql_name(name));
        let message = format!("inserts into `{}` that do not name `{name}` fail from here on", table.trim_matches(['`', '"']));
        let label = "NOT NULL, and without its default: code that runs now may not know the column";
        let diagnostic = Diagnostic::new(step.subject(Some(name)), message)
            .at(step.step.op.span, label)
            .context(column.span, "the column, which demands a value")
            .help(format!(
                "keep the default until all code that runs names the column; then, in a later release:\nALTER TABLE {table} ALTER COLUMN {written} DROP DEFAULT;"
            ));
        found.push((step, careful(&step, step.audience(), diagnostic)));
    }
    gather(found)
}
