//! A pending migration lets a column be NULL that code may rely on.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/drop-not-null", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // MySQL says nullability anew with every change of a type.
    for step in context.head.schema.pending_steps().filter(|step| !step.is_mysql()) {
        let Some(name) = step.relaxed_column() else { continue };
        context.consider();
        let held = step.column();
        let is_free = held.is_some_and(|column| column.nullable.known() == Some(&true));
        if step.column_audience() == Audience::Nobody || is_free {
            continue;
        }
        let (table, column) = (step.table(), step.sql_name(name));
        let mut diagnostic = Diagnostic::new(
            step.subject(Some(name)),
            format!("`{table}.{column}` may be NULL from here on, and code that reads it may not expect that"),
        )
        .at(step.step.op.span, "old code runs on while new code writes NULL")
        .help(format!(
            "release code that copes with NULL first, then run this, and let code write NULL only in the release after it:\nALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL;"
        ));
        if let Some(held) = held {
            diagnostic = diagnostic.context(held.span, "the column as it was created");
        }
        found.push((step, careful(&step, step.column_audience(), diagnostic)));
    }
    gather(found)
}
