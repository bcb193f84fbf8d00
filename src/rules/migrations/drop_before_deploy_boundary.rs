//! One change takes the last reader of a column out of the queries and drops the column.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/drop-before-deploy-boundary", check);

/// So many readers are shown; more make nobody wiser.
const SHOWN: usize = 3;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let Some(base) = context.base else { return Vec::new() };
    let still = context.head.still_read();
    for step in context.head.schema.pending_steps() {
        let Some(column) = step.dropped_column() else { continue };
        context.consider();
        let is_told = still.iter().any(|one| one.step.step.op.span == step.step.op.span);
        let readings = base.readings_before(&step);
        let is_missed = !is_told && step.column_audience() == Audience::Everybody && !context.head.comes_back(&step, column);
        let Some(first) = readings.first().filter(|_| is_missed) else { continue };
        let (table, name) = (step.table(), step.sql_name(column));
        let subject = first.query().subject();
        let who = match subject.split_once(' ') {
            Some(("query", query)) => format!("query `{query}`"),
            _ => format!("the {subject}"),
        };
        let message = format!("`{table}.{name}` is dropped in the change that takes it out of {who}");
        let mut diagnostic = Diagnostic::new(step.subject(Some(column)), message)
            .at(step.step.op.span, "instances of the release before still run that query while this goes out")
            .help(format!(
                "release the queries without it first; drop it in a later release:\nALTER TABLE {table} DROP COLUMN {name};"
            ));
        for reading in readings.iter().take(SHOWN) {
            diagnostic = diagnostic.context(reading.reading().span, "before this change the column is named here");
        }
        found.push((step, careful(&step, Audience::Everybody, diagnostic)));
    }
    gather(found)
}
