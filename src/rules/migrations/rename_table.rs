//! A pending migration renames a table, a view or a schema: old code and new code cannot both work.

use crate::diagnostic::{Confidence, Diagnostic};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather, with_mentions};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/rename-table", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let read = context.head.still_read();
    for step in context.head.schema.pending_steps() {
        if !step.renames_table() && !step.renames_schema_or_view() {
            continue;
        }
        context.consider();
        // What queries still call by the old name is said by `drop-column-still-read`.
        let is_told = read.iter().any(|one| one.step.step.op.span == step.step.op.span);
        if is_told {
            continue;
        }
        let table = step.renamed_table().filter(|_| step.audience() != Audience::Nobody);
        if let Some((old, new)) = table.or_else(|| step.renamed_view()) {
            found.push((step, report(&step, &old, &new)));
        } else if let Some((old, new)) = step.renamed_schema() {
            found.push((step, schema(&step, &old, &new)));
        }
    }
    with_mentions(context, gather(found))
}

/// Everything in a schema has another name from then on.
fn schema(step: &PendingStep, old: &str, new: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(format!("schema {old}"), format!("schema `{old}` is renamed to `{new}` in one step"))
        .at(step.step.op.span, "from here on old code finds none of its tables, and before it new code does not")
        .help(format!(
            "keep the old names as views, in the same migration, until no code uses them:\nCREATE SCHEMA {old};\nCREATE VIEW {old}.. AS SELECT * FROM {new}..; -- one for each table"
        ))
        .evidence(format!("to {new}"));
    careful(step, Audience::Everybody, diagnostic)
}

fn report(step: &PendingStep, old: &str, new: &str) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(step.renamed_subject(), format!("`{old}` is renamed to `{new}` in one step"))
        .at(step.step.op.span, "from here on old code fails, and before it new code does")
        .help(match step.views_take_writes() {
            true => format!(
                "keep the old name as a view, in the same migration, until no code uses it:\nCREATE VIEW {old} AS SELECT * FROM {new};\n-- in a later release:\nDROP VIEW {old};"
            ),
            false => format!("create `{new}`, write both, copy the rows, switch the reads, and drop `{old}` in a later release"),
        })
        .evidence(format!("to {new}"));
    if let Some(created) = step.before().and_then(|before| before.created) {
        diagnostic = diagnostic.context(created, "the table is created here");
    }
    if step.is_external() {
        diagnostic = diagnostic.sure_at_most(Confidence::Medium, "the table is not created here: how it is used is not known");
    }
    careful(step, step.audience(), diagnostic)
}
