//! A release adds a nullable column and demands NOT NULL of it before anything fills it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::pending::{Audience, Unfilled};
use crate::rules::pending::{careful, gather};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/not-null-without-backfill", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let schema = &context.head.schema;
    schema.pending_steps().filter(|step| step.required_column().is_some()).for_each(|_| context.consider());
    gather(schema.demanded_unfilled().iter().map(|one| (one.demand, report(one))).collect())
}

fn report(one: &Unfilled) -> Diagnostic {
    let table = one.demand.table();
    let column = one.demand.sql_name(one.column);
    let diagnostic = Diagnostic::new(
        one.demand.subject(Some(one.column)),
        format!("`{table}.{column}` becomes NOT NULL, and nothing fills it first"),
    )
    .at(one.demand.step.op.span, "fails as soon as the table holds a row")
    .cause(one.add.step.op.span, "added without a value for the rows that are there")
    .help(format!(
        "fill it first, in batches where the table is large:\nUPDATE {table} SET {column} = .. WHERE {column} IS NULL;"
    ));
    let diagnostic = match one.demand.is_mysql() {
        true => diagnostic.at_most(Severity::Warning, "without strict mode MySQL makes a value up"),
        false => diagnostic,
    };
    careful(&one.demand, Audience::Everybody, diagnostic)
}
