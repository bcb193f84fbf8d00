//! A pending migration builds an index anew and keeps every writer waiting meanwhile.

use crate::diagnostic::Diagnostic;
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Reindexed;
use crate::rules::pending::{gather, on_live_table, on_one_line};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/non-concurrent-reindex", check);

/// The first version with `REINDEX CONCURRENTLY`.
const FIRST: u32 = 12;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some(reindexed) = step.reindexed() else { continue };
        context.consider();
        let text = on_one_line(context.sources.text(step.statement.span));
        // The catalogs of the system cannot be built anew in any other way.
        if step.concurrently().is_none() && step.is_felt() && !text.to_ascii_uppercase().contains("REINDEX SYSTEM") {
            found.push((step, report(&step, &reindexed, &text)));
        }
    }
    gather(found)
}

fn report(step: &PendingStep, reindexed: &Reindexed, text: &str) -> Diagnostic {
    let table = step.table();
    let what = match (reindexed.target, table.is_empty()) {
        (None, _) => "every table that it covers".to_owned(),
        (Some(_), true) => "its table".to_owned(),
        (Some(_), false) => format!("`{table}`"),
    };
    let subject = match (reindexed.target, table.is_empty()) {
        (Some(target), _) if reindexed.is_index => target.name.to_string(),
        (Some(_), false) => step.subject(None),
        (Some(target), true) => target.name.to_string(),
        (None, _) => text.to_owned(),
    };
    let help = match step.server_version().0 >= FIRST {
        true => format!("in a migration of its own{}:\n{};", step.place_apart(), concurrent(text)),
        false => format!(
            "before PostgreSQL {FIRST} there is no REINDEX CONCURRENTLY: build a second index with CREATE INDEX CONCURRENTLY, drop the old one, and rename the new one"
        ),
    };
    let diagnostic = Diagnostic::new(subject, format!("`REINDEX` blocks every write to {what}"))
        .at(step.statement.head, "without CONCURRENTLY: SHARE lock on the table, and readers who would use the index wait too")
        .help(help);
    on_live_table(step, diagnostic)
}

/// The statement as it should be: `CONCURRENTLY` behind the word for the object.
fn concurrent(text: &str) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    let object =
        words.iter().position(|word| ["INDEX", "TABLE", "SCHEMA", "DATABASE"].contains(&word.to_ascii_uppercase().as_str()));
    words.insert(object.map_or(words.len().min(1), |at| at + 1), "CONCURRENTLY");
    words.join(" ")
}
