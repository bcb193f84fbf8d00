//! A pending migration takes away a column or a table that a query still names.

use crate::diagnostic::Diagnostic;
use crate::model::schema::PendingStep;
use crate::model::schema::pending::{Audience, StillRead};
use crate::rules::pending::careful;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/drop-column-still-read", check);

/// So many readers are shown; more make nobody wiser.
const SHOWN: usize = 5;

fn check(context: &Context) -> Vec<Diagnostic> {
    let goes = context.head.schema.pending_steps();
    let takes_away = |step: &PendingStep| {
        let is_column = step.dropped_column().is_some() || step.renamed_column().is_some();
        is_column || step.drops_tables() || step.renames_table() || step.renames_schema_or_view()
    };
    goes.filter(takes_away).for_each(|_| context.consider());
    context.head.still_read().iter().map(report).collect()
}

fn report(one: &StillRead) -> Diagnostic {
    let table = one.step.spoken(&one.table);
    let name = one.column.map_or_else(|| table.clone(), |column| format!("{table}.{}", one.step.sql_name(column)));
    let first = one.readings.first().map(|reading| reading.query().subject()).unwrap_or_default();
    let more = one.readings.iter().filter(|reading| reading.query().subject() != first).count();
    let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
    let act = if one.renamed.is_some() { "is renamed" } else { "is dropped" };
    let subject = one.column.map_or_else(|| one.table.to_string(), |column| format!("{}.{column}", one.table));
    let message = match first.split_once(' ') {
        Some(("query", query)) => format!("`{name}` {act}, but query `{query}` still names it{more}"),
        _ => format!("`{name}` {act}, but the {first} still names it{more}"),
    };
    let help = match &one.renamed {
        Some(to) if one.column.is_none() && one.step.views_take_writes() => format!(
            "let the queries say `{to}`, and keep the old name as a view until they are released:\nCREATE VIEW {table} AS SELECT * FROM {to};\n-- in a later release:\nDROP VIEW {table};"
        ),
        Some(to) => format!("let the queries say `{to}`, and keep the old name working until they are released"),
        None => "take it out of the queries and release that first; drop it in a later release".to_owned(),
    };
    let mut diagnostic =
        Diagnostic::new(subject, message).at(one.step.step.op.span, "from here on these statements fail").help(help);
    for reading in one.readings.iter().take(SHOWN) {
        let what = if reading.writes() { "written here" } else { "read here" };
        diagnostic = diagnostic.cause(reading.reading().span, what);
    }
    careful(&one.step, Audience::Everybody, diagnostic)
}
