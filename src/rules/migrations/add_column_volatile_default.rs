//! A pending migration adds a column whose default is computed for every row.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::pending::RewriteCause;
use crate::model::schema::{ColumnDef, PendingStep};
use crate::rules::pending::{gather, on_live_table, unsure};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/add-column-volatile-default", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        if step.added_column().is_none_or(|column| column.default.is_none()) {
            continue;
        }
        context.consider();
        if !step.is_felt() {
            continue;
        }
        let certain =
            step.rewriting_column().filter(|(_, why)| matches!(why, RewriteCause::VolatileDefault | RewriteCause::OldServer));
        match (certain, step.column_with_unknown_default()) {
            (Some((column, why)), _) => found.push((step, report(&step, column, Some(why)))),
            (None, Some(column)) => found.push((step, report(&step, column, None))),
            (None, None) => {}
        }
    }
    gather(found)
}

fn report(step: &PendingStep, column: &ColumnDef, why: Option<RewriteCause>) -> Diagnostic {
    let (table, name) = (step.table(), step.sql_name(&column.name.value));
    let (writes, label) = match why {
        Some(RewriteCause::OldServer) => {
            ("writes", "before PostgreSQL 11 any default is written into every row under ACCESS EXCLUSIVE")
        }
        Some(_) => ("writes", "the default is computed for each row under ACCESS EXCLUSIVE"),
        None => ("may write", "if the function is volatile, the default is computed for each row under ACCESS EXCLUSIVE"),
    };
    let message = format!("adding `{table}.{name}` with this default {writes} every row anew while nobody can use `{table}`");
    let place = column.default.as_ref().map_or(step.step.op.span, |default| default.span);
    let default = column.default.as_ref().map(|default| default.text.as_str()).unwrap_or_default();
    let column_type = column.column_type.as_ref().map(|known| known.value.display()).unwrap_or_default();
    let mut diagnostic = Diagnostic::new(step.subject(Some(&column.name.value)), message)
        .at(place, label)
        .help(format!(
            "add it without the default, give the default to new rows only, and fill the old ones in batches:\nALTER TABLE {table} ADD COLUMN {name} {column_type};\nALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {default};"
        ));
    if why.is_none() {
        diagnostic = unsure(diagnostic, Severity::Info, Confidence::Low, "the default calls a function that is not known");
    }
    on_live_table(step, diagnostic)
}
