//! A pending migration changes a table and fills it in the same transaction.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Reach;
use crate::rules::pending::{careful, gather, unsure};
use crate::rules::{Context, Rule, rule};
use crate::source::Sources;

pub(super) const RULE: Rule = rule!("migrations/backfill-with-schema-change", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for transaction in context.head.schema.pending_transactions() {
        context.consider();
        for (rows, lock, is_held) in transaction.backfills(context.sources) {
            found.push((rows, report(context, &rows, &lock, is_held)));
        }
    }
    gather(found)
}

fn report(context: &Context, rows: &PendingStep, lock: &PendingStep, is_held: bool) -> Diagnostic {
    let table = rows.table();
    let message = match is_held {
        true => format!("the rows of `{table}` are written while an earlier change keeps it locked"),
        false => format!("the rows of `{table}` stay locked until the change after them has its lock too"),
    };
    let label =
        if is_held { "locks the table from here on, until the transaction ends" } else { "waits here with every row locked" };
    let mut diagnostic = Diagnostic::new(rows.subject(None), message)
        .at(rows.statement.head, "takes as long as the table is large")
        .cause(lock.statement.head, label)
        .help(help(rows, context.sources));
    if !is_held {
        diagnostic = diagnostic.at_most(Severity::Info, "readers and writers of other rows go on while the rows are written");
    }
    let reach = rows.backfill(context.sources).map(|one| one.reach);
    if reach == Some(Reach::Class) {
        diagnostic = unsure(diagnostic, Severity::Info, Confidence::Low, "how many rows have that value is not known");
    }
    careful(rows, rows.audience(), diagnostic)
}

fn help(rows: &PendingStep, sources: &Sources) -> String {
    format!("fill the rows after this migration has committed, a batch in each transaction:\n{}", rows.batches_help(sources))
}
