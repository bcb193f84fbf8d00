//! A pending migration that runs outside of a transaction cannot be run again after it failed half way.

use crate::diagnostic::{Confidence, Diagnostic};
use crate::model::schema::{MigrationRef, PendingStep};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/not-rerunnable", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_migrations().filter(|migration| migration.is_postgres()) {
        context.consider();
        found.extend(half_done(context, &migration).or_else(|| blind(&migration)));
    }
    found
}

fn half_done(context: &Context, migration: &MigrationRef) -> Option<Diagnostic> {
    let steps = migration.failing_again();
    let first = steps.first()?;
    let message = format!("`{}` cannot run again after it failed half way", migration.file_name());
    let mut diagnostic = Diagnostic::new(migration.path.clone(), message)
        .at(first.statement.head, "outside of a transaction it stays done, and fails the second time")
        .help(help(first))
        .evidence("half done");
    diagnostic.because.push(first.transaction_reason().to_owned());
    for step in &steps[1..] {
        diagnostic = diagnostic.occurrence(step.statement.head, context.sources.text(step.statement.head));
    }
    Some(diagnostic)
}

fn help(step: &PendingStep) -> String {
    match step.new_index().and_then(|index| Some((index.name.as_ref()?, index.concurrently))) {
        Some((name, Some(_))) => format!(
            "drop what a failed build has left before building it again:\nDROP INDEX CONCURRENTLY IF EXISTS {};",
            step.sql_name(&name.value)
        ),
        _ => "write IF NOT EXISTS or IF EXISTS, or give each statement a migration of its own".to_owned(),
    }
}

fn blind(migration: &MigrationRef) -> Option<Diagnostic> {
    let steps = migration.blind_indexes();
    let first = steps.first()?;
    let name = first.new_index()?.name.as_ref()?;
    let quoted = first.sql_name(&name.value);
    let message = format!("a failed build of `{quoted}` leaves an invalid index that the next run takes for a good one");
    let mut diagnostic = Diagnostic::new(migration.path.clone(), message)
        .at(first.statement.head, "IF NOT EXISTS looks at the name alone")
        .help(format!("before it:\nDROP INDEX CONCURRENTLY IF EXISTS {quoted};"))
        .sure_at_most(Confidence::Low, "it takes a build that failed and a second run that nobody looked at")
        .evidence("blind");
    for step in &steps[1..] {
        diagnostic = diagnostic.occurrence(step.statement.head, step.new_index()?.name.as_ref()?.value.clone());
    }
    Some(diagnostic)
}
