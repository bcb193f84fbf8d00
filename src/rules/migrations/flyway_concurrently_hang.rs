//! `CONCURRENTLY` waits for older transactions, and Flyway holds one open for its lock.

use crate::diagnostic::Diagnostic;
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;
use crate::rules::pending::careful;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("migrations/flyway-concurrently-hang", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<&str, Vec<PendingStep>> = BTreeMap::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        if !step.waits_for_snapshots() || step.migration_tool() != Some("flyway") {
            continue;
        }
        context.consider();
        // Inside a transaction it fails at once, which is another fault.
        if step.lock_of_tool().is_some() && !step.is_in_transaction() {
            groups.entry(step.migration.path.as_str()).or_default().push(step);
        }
    }
    groups.into_values().filter_map(|steps| report(&steps)).collect()
}

fn report(steps: &[PendingStep]) -> Option<Diagnostic> {
    let (first, rest) = steps.split_first()?;
    let (words, span) = first.concurrently()?;
    let message = format!("`{words}` waits for ever: Flyway's own lock is an open transaction");
    let mut diagnostic = Diagnostic::new(first.migration.path.clone(), message)
        .at(span, "this waits until every older transaction has ended")
        .help(
            "set `flyway.postgresql.transactional.lock=false` in Flyway's configuration \
             (Spring Boot: `spring.flyway.postgresql.transactional-lock=false`)",
        )
        .evidence(words);
    diagnostic.because.extend(first.lock_of_tool().map(str::to_owned));
    for step in rest {
        let (words, span) = step.concurrently()?;
        diagnostic = diagnostic.occurrence(span, words);
    }
    Some(careful(first, Audience::Everybody, diagnostic))
}
