//! A pending migration runs a command whose purpose is to write a whole table anew.

use crate::diagnostic::Diagnostic;
use crate::model::schema::PendingStep;
use crate::rules::pending::{gather, on_live_table};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/table-rewrite-command", check);

/// The first version with `REPACK`.
const REPACK: u32 = 19;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some((words, table)) = step.rewriting_command() else { continue };
        context.consider();
        if !step.is_felt() {
            continue;
        }
        let message = match &table {
            Some(table) => format!("`{words}` rewrites `{table}` while nobody can use it"),
            None => format!("`{words}` rewrites every table, each while nobody can use it"),
        };
        let subject = if table.is_some() { step.subject(None) } else { words.to_owned() };
        let diagnostic = Diagnostic::new(subject, message)
            .at(step.step.op.span, "ACCESS EXCLUSIVE until every row and every index has been written")
            .help(help(&step, words, table.as_deref()))
            .evidence(words);
        found.push((step, on_live_table(&step, diagnostic)));
    }
    gather(found)
}

fn help(step: &PendingStep, words: &str, table: Option<&str>) -> String {
    let name = table.unwrap_or("..");
    match words {
        "VACUUM FULL" | "CLUSTER" if step.server_version().0 >= REPACK => {
            format!("do it online, outside of a migration:\nREPACK (CONCURRENTLY) {name};")
        }
        "VACUUM FULL" | "CLUSTER" => format!(
            "a plain VACUUM makes the space usable again without a lock; to give it back to the disk, run pg_repack or pg_squeeze outside of a migration:\nVACUUM (ANALYZE) {name};"
        ),
        _ => format!(
            "create a table that is so from the start, copy the rows in batches, and rename it to `{name}`; or run it in a quiet hour with a lock_timeout"
        ),
    }
}
