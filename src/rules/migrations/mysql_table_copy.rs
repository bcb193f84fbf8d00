//! A pending migration makes MySQL copy a table, and every writer wait until it is done.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::{Audience, TableCopy};
use crate::rules::pending::{careful, gather, unsure};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/mysql-table-copy", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<(PendingStep, Diagnostic)> = Vec::new();
    for step in context.head.schema.pending_steps().filter(|step| step.is_mysql() && step.alters_table()) {
        context.consider();
        // One statement copies once; one that says how it may run fails instead.
        let is_told = found.iter().any(|(other, _)| other.statement.span == step.statement.span);
        if is_told || step.audience() == Audience::Nobody || step.is_emptied() || step.says_algorithm(context.sources) {
            continue;
        }
        let Some(copy) = step.copies_table(context.sources) else { continue };
        found.push((step, report(&step, &copy)));
    }
    gather(found)
}

fn report(step: &PendingStep, copy: &TableCopy) -> Diagnostic {
    let table = step.table();
    let mut diagnostic = Diagnostic::new(step.subject(None), format!("`{table}` is copied whole while every write to it waits"))
        .at(step.step.op.span, copy.why.clone())
        .help(format!(
            "with gh-ost or pt-online-schema-change, or by a new column that is filled in batches; to fail instead of copying:\nALTER TABLE {table} .., ALGORITHM=INPLACE, LOCK=NONE;"
        ))
        .evidence(copy.why.clone());
    if let Some(held) = step.column() {
        diagnostic = diagnostic.context(held.span, "the column as it was created");
    }
    if copy.assumed {
        let why = "the character set of the table is not written: utf8mb4 is assumed";
        diagnostic = unsure(diagnostic, Severity::Info, Confidence::Low, why);
    } else if step.is_external() {
        diagnostic = diagnostic.sure_at_most(Confidence::Medium, "the table is not created here: how it is used is not known");
    }
    careful(step, step.audience(), diagnostic)
}
