//! A pending migration drops a column, or changes its type, while a view uses it.

use crate::diagnostic::Diagnostic;
use crate::rules::pending::gather;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/dependent-view", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps() {
        let Some(name) = step.dropped_column().or(step.retyped_column().map(|(name, _)| name)) else { continue };
        context.consider();
        let Some((view, made)) = step.refusing_view() else { continue };
        let (table, column, view) = (step.table(), step.sql_name(name), step.name_of(view));
        let act = if step.is_type_change() { "changing the type of" } else { "dropping" };
        let mut diagnostic =
            Diagnostic::new(step.subject(Some(name)), format!("{act} `{table}.{column}` fails: view `{view}` uses it"))
                .at(step.step.op.span, "the server refuses this")
                .help(format!(
                    "around it, in the same migration:\nDROP VIEW {view};\n-- the change, and then:\nCREATE VIEW {view} AS ..;"
                ))
                .evidence(view);
        if let Some(made) = made {
            diagnostic = diagnostic.cause(made, "the view is made here");
        }
        found.push((step, diagnostic));
    }
    gather(found)
}
