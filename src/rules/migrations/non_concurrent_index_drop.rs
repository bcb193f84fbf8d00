//! A pending migration drops an index under the lock that keeps even readers waiting.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather, unsure};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/non-concurrent-index-drop", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let names: Vec<&str> = step.dropped_indexes().iter().map(|name| name.name.as_str()).collect();
        if names.is_empty() {
            continue;
        }
        context.consider();
        // Neither goes concurrently; that of a constraint does not go at all.
        let is_partitioned = step.before().is_some_and(|before| before.partitioned);
        let is_refused = step.step.effects.fails().is_some();
        if step.concurrently().is_some()
            || step.audience() == Audience::Nobody
            || is_partitioned
            || is_refused
            || step.is_table_dropped_later()
        {
            continue;
        }
        let felt: Vec<&str> = names.into_iter().filter(|name| is_felt(&step, name)).collect();
        found.extend(report(&step, &felt).map(|diagnostic| (step, diagnostic)));
    }
    gather(found)
}

/// Whether the index is, or may be, in use: not made by the same migration, not gone, and not one that is dropped for safety
/// before it is made.
fn is_felt(step: &PendingStep, name: &str) -> bool {
    match step.index_made(name) {
        Some((_, in_same_migration)) => !in_same_migration && !step.locks_nothing(),
        None => step.before().is_some() || !step.makes_index_later(name),
    }
}

fn report(step: &PendingStep, names: &[&str]) -> Option<Diagnostic> {
    let first = names.first()?;
    let table = step.table();
    let what = match names.len() {
        1 => format!("dropping index `{}`", step.sql_name(first)),
        count => format!("dropping {count} indexes"),
    };
    let on = if table.is_empty() { "its table".to_owned() } else { format!("`{table}`") };
    let statements: Vec<String> = names.iter().map(|name| format!("DROP INDEX CONCURRENTLY {};", step.sql_name(name))).collect();
    let each = if statements.len() > 1 { " (one statement each)" } else { "" };
    let mut diagnostic = Diagnostic::new(subject(step, first), format!("{what} locks out readers and writers of {on}"))
        .at(
            step.statement.head,
            "without CONCURRENTLY: waits for every query on the table under ACCESS EXCLUSIVE, and all others wait behind it",
        )
        .help(format!("in a migration of its own{}{each}:\n{}", step.place_apart(), statements.join("\n")))
        .evidence(names.join(" "));
    match step.index_made(first) {
        Some((index, _)) => diagnostic = diagnostic.context(index.span, "the index is created here"),
        None if step.before().is_none() => {
            let why = "the index is not created here: whether it is there, and on which table, is not known";
            diagnostic = unsure(diagnostic, Severity::Info, Confidence::Low, why);
        }
        None => {}
    }
    Some(careful(step, step.audience(), diagnostic))
}

fn subject(step: &PendingStep, name: &str) -> String {
    match step.before() {
        Some(before) => before.subject(Some(name)),
        None => name.to_owned(),
    }
}
