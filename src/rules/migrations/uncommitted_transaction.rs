//! A pending migration begins a transaction and never ends it.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/uncommitted-transaction", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_migrations() {
        context.consider();
        // Inside a transaction of the tool, `transaction-nesting` speaks.
        if migration.wrapped == Some(true) {
            continue;
        }
        let Some(begin) = migration.open_begin() else { continue };
        found.push(
            Diagnostic::new(migration.path.clone(), format!("the transaction of `{}` is never committed", migration.file_name()))
                .at(begin, "begins here; what follows is undone when the connection closes, whatever the tool has noted")
                .help("at the end of the file:\nCOMMIT;"),
        );
    }
    found
}
