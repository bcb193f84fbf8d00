//! A pending migration detaches a partition under the lock that nobody else can share, on the whole partitioned table.

use crate::diagnostic::Diagnostic;
use crate::model::schema::PendingStep;
use crate::rules::pending::{gather, on_live_table};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/non-concurrent-detach-partition", check);

/// The first version with `DETACH PARTITION .. CONCURRENTLY`.
const FIRST: u32 = 14;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some(child) = step.detached_partition() else { continue };
        context.consider();
        // The second half of a detachment that was concurrent already.
        let finalizes = context.sources.text(step.step.op.span).to_ascii_uppercase().trim_end().ends_with("FINALIZE");
        let is_concurrent = step.concurrently().is_some();
        if is_concurrent || finalizes || !step.is_felt() || step.server_version().0 < FIRST {
            continue;
        }
        let (table, part) = (step.table(), step.sql_name(&child.name));
        let message = format!("detaching `{part}` locks out readers and writers of the whole `{table}`");
        let diagnostic = Diagnostic::new(step.subject(Some(&child.name)), message)
            .at(step.step.op.span, "without CONCURRENTLY: ACCESS EXCLUSIVE on the partitioned table and on the partition")
            .help(format!(
                "in a migration of its own{}:\nALTER TABLE {table} DETACH PARTITION {part} CONCURRENTLY;",
                step.place_apart()
            ));
        found.push((step, on_live_table(&step, diagnostic)));
    }
    gather(found)
}
