//! A pending migration runs a statement in a transaction that the server refuses there.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::{Audience, TakesOut};
use crate::rules::pending::{careful, unsure};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("migrations/concurrently-in-transaction", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    // One migration, one transaction: one thing to fix.
    let mut groups: BTreeMap<&str, Vec<PendingStep>> = BTreeMap::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        if step.concurrently().is_none() {
            continue;
        }
        context.consider();
        // A comment that was to prevent it and that the tool does not read is the thing to fix: `ineffective-directive`.
        let is_told = step.migration.ignored.as_ref().is_some_and(|line| line.turns_off);
        if step.is_in_transaction() && step.tool_takes_it_out() != TakesOut::Yes && !is_told {
            groups.entry(step.migration.path.as_str()).or_default().push(step);
        }
    }
    groups.into_values().filter_map(|steps| report(&steps)).collect()
}

fn report(steps: &[PendingStep]) -> Option<Diagnostic> {
    let first = steps.first()?;
    let (words, span) = first.concurrently()?;
    let message = format!("`{words}` fails: the migration runs in a transaction");
    let mut diagnostic = Diagnostic::new(first.migration.path.clone(), message)
        .at(span, "PostgreSQL refuses this inside a transaction")
        .help(help(first))
        .evidence(words);
    if let Some(begin) = first.own_begin() {
        diagnostic = diagnostic.cause(begin, "the transaction starts here");
    } else {
        diagnostic.because.push(first.transaction_reason().to_owned());
    }
    for step in &steps[1..] {
        let (words, span) = step.concurrently()?;
        diagnostic = diagnostic.occurrence(span, words);
    }
    if first.tool_takes_it_out() == TakesOut::Newer {
        diagnostic =
            diagnostic.at_most(Severity::Info, "newer versions of the tool run it outside of the transaction by themselves");
    }
    if first.own_begin().is_none() && first.name_says_no_transaction() {
        let why = "the file name says that it runs outside of a transaction: the project may have a runner of its own";
        diagnostic = unsure(diagnostic, Severity::Info, Confidence::Low, why);
    }
    Some(careful(first, Audience::Everybody, diagnostic))
}

fn help(step: &PendingStep) -> String {
    match step.own_begin() {
        Some(_) => "take BEGIN and COMMIT away, or move the statement to a migration of its own".to_owned(),
        None => format!("put it into a migration of its own, {}", step.way_out()),
    }
}
