//! A pending migration relies on its runner to undo what was done when a later statement fails.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/unguarded-statement", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_migrations().filter(|migration| migration.is_postgres()) {
        context.consider();
        let steps = migration.unguarded();
        let Some(first) = steps.first() else { continue };
        let message = match steps.len() {
            1 => format!("a statement of `{}` stays done when a later one fails", migration.file_name()),
            count => format!("{count} statements of `{}` stay done when a later one fails", migration.file_name()),
        };
        let mut diagnostic = Diagnostic::new(migration.path.clone(), message)
            .at(first.statement.head, "neither IF EXISTS nor IF NOT EXISTS, nor a transaction of the file's own")
            .help("BEGIN and COMMIT around the statements, or IF NOT EXISTS or IF EXISTS where there is one");
        for step in &steps[1..] {
            diagnostic = diagnostic.occurrence(step.statement.head, context.sources.text(step.statement.head));
        }
        found.push(diagnostic);
    }
    found
}
