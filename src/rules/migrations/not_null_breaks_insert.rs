//! A pending migration demands a column that an `INSERT` of the application leaves out.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::{Audience, Unwritten};
use crate::rules::pending::careful;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/not-null-breaks-insert", check);

/// So many statements are shown; more make nobody wiser.
const SHOWN: usize = 5;

fn check(context: &Context) -> Vec<Diagnostic> {
    let demands = context.head.schema.pending_steps();
    let demands =
        demands.filter(|step| step.required_column().is_some() || step.added_column().is_some_and(|column| column.is_required()));
    demands.for_each(|_| context.consider());
    let unwritten = context.head.unwritten();
    // What fails on the rows that are there fails before any INSERT: `add-required-column` tells both.
    unwritten.iter().filter(|one| !one.step.fails_on_rows_without_value()).map(report).collect()
}

fn report(one: &Unwritten) -> Diagnostic {
    let (table, column) = (one.step.table(), one.step.sql_name(one.column));
    let first = one.inserts.first().map(|insert| insert.query().subject()).unwrap_or_default();
    let more = if one.inserts.len() < 2 { String::new() } else { format!(" (and {} more)", one.inserts.len() - 1) };
    let who = match first.split_once(' ') {
        Some(("query", query)) => format!("query `{query}`"),
        _ => format!("the {first}"),
    };
    let mut diagnostic = Diagnostic::new(
        one.step.subject(Some(one.column)),
        format!("`{table}.{column}` must have a value, and {who} gives it none{more}"),
    )
    .at(one.step.step.op.span, what(one))
    .help(format!(
        "write the column in every INSERT and release that first, or give it a default:\nALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT ..;"
    ));
    for insert in one.inserts.iter().take(SHOWN) {
        diagnostic = diagnostic.cause(insert.reading().span, format!("`{column}` is not among the columns of this INSERT"));
    }
    careful(&one.step, Audience::Everybody, diagnostic)
}

/// What the statement does to the rows that are there and to those that come.
fn what(one: &Unwritten) -> String {
    let added = one.step.added_column().filter(|_| one.step.meets_rows_without_value());
    match added.map(|column| one.step.made_up_value(column)) {
        Some(Some(value)) => format!("the rows that are there silently get `{value}`, and from here on such rows are refused"),
        _ => "NOT NULL without a default: from here on such rows are refused".to_owned(),
    }
}
