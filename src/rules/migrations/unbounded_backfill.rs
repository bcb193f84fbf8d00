//! A pending migration writes all rows of a table in use in one statement.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::{Backfill, Reach};
use crate::rules::pending::{careful, gather, unsure};
use crate::rules::{Context, Rule, rule};
use crate::source::{Sources, Span};
use std::collections::HashSet;

pub(super) const RULE: Rule = rule!("migrations/unbounded-backfill", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let schema = &context.head.schema;
    // A backfill beside a change of the same table is said by `backfill-with-schema-change`.
    let together = schema.pending_transactions().flat_map(|one| one.backfills(context.sources));
    let said: HashSet<Span> = together.filter(|(rows, _, _)| rows.is_postgres()).map(|(rows, _, _)| rows.step.op.span).collect();
    let mut found = Vec::new();
    for step in schema.pending_steps().filter(|step| !step.is_sqlite()) {
        let Some(backfill) = step.backfill(context.sources) else { continue };
        context.consider();
        if !backfill.inserts() && backfill.reach > Reach::Batch && !said.contains(&step.step.op.span) {
            found.push((step, report(&step, backfill, context.sources)));
        }
    }
    gather(found)
}

fn report(step: &PendingStep, backfill: Backfill, sources: &Sources) -> Diagnostic {
    let table = step.table();
    let rows = if backfill.filtered { "every matching row" } else { "every row" };
    let act = if backfill.deletes() { "deletes" } else { "writes" };
    let mut diagnostic =
        Diagnostic::new(step.subject(None), format!("one {} {act} {rows} of `{table}` at once", backfill.word()))
            .at(step.statement.head, "each row stays locked until the last one is written")
            .help(format!("a batch in each transaction, by hand or in a job:\n{}", step.batches_help(sources)));
    if let Some(created) = step.before().and_then(|before| before.created) {
        diagnostic = diagnostic.context(created, "the table is created here, in an earlier migration");
    }
    if backfill.reach == Reach::Class {
        diagnostic = unsure(diagnostic, Severity::Info, Confidence::Low, "how many rows have that value is not known");
    } else if step.is_external() {
        diagnostic = diagnostic.sure_at_most(Confidence::Medium, "the table is not created here: how it is used is not known");
    }
    careful(step, step.audience(), diagnostic)
}
