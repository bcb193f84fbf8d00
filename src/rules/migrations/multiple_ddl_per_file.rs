//! A pending migration of MySQL changes several things, each of which commits by itself.

use crate::diagnostic::Diagnostic;
use crate::model::schema::MigrationRef;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/multiple-ddl-per-file", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_migrations().filter(|migration| migration.is_mysql()) {
        context.consider();
        found.extend(report(&migration));
    }
    found
}

fn report(migration: &MigrationRef) -> Option<Diagnostic> {
    let steps = migration.committed_one_by_one();
    let (second, first) = (steps.get(1)?, steps.first()?);
    let message = format!("when one of {} changes of `{}` fails, those before it stay", steps.len(), migration.file_name());
    let mut diagnostic = Diagnostic::new(migration.path.clone(), message)
        .at(second.statement.head, "fails here: the statements before it are committed, and the file cannot run again")
        .context(first.statement.head, "MySQL commits this at once, in a transaction too")
        .help("give each change a migration of its own, or write IF EXISTS or IF NOT EXISTS where the server has it");
    for step in steps.iter().skip(2) {
        diagnostic = diagnostic.occurrence(step.statement.head, step.table());
    }
    Some(diagnostic)
}
