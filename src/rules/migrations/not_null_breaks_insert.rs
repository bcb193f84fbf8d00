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
    context.head.unwritten().iter().map(report).collect()
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
    .at(one.step.step.op.span, "NOT NULL without a default: from here on such rows are refused")
    .help(format!(
        "write the column in every INSERT and release that first, or give it a default:\nALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT ..;"
    ));
    for insert in one.inserts.iter().take(SHOWN) {
        diagnostic = diagnostic.cause(insert.reading().span, format!("`{column}` is not among the columns of this INSERT"));
    }
    careful(&one.step, Audience::Everybody, diagnostic)
}
