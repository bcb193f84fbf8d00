//! A pending migration empties a table, and with it every table that refers to it.

use crate::diagnostic::Diagnostic;
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/truncate-cascade", check);

/// As many tables are named in the message.
const NAMED: usize = 3;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some(others) = step.emptied_by_cascade() else { continue };
        context.consider();
        if others.is_empty() {
            continue;
        }
        let table = step.table();
        let quoted: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
        let more = quoted.len().saturating_sub(NAMED);
        let named = quoted.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let named = if more > 0 { format!("{named} and {more} more") } else { named };
        let diagnostic = Diagnostic::new(step.subject(None), format!("`TRUNCATE {table} CASCADE` also empties {named}"))
            .at(step.step.op.span, "every row of the tables that refer to it is gone, and of those that refer to these")
            .help(format!(
                "name every table that is to be emptied, so that the others are refused:\nTRUNCATE {table}, {};",
                others.join(", ")
            ));
        found.push((step, careful(&step, Audience::Everybody, diagnostic)));
    }
    gather(found)
}
