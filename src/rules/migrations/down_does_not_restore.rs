//! A migration taken back leaves another schema than the one before it.

use crate::diagnostic::Diagnostic;
use crate::model::schema::{Backward, MigrationRef};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/down-does-not-restore", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_migrations() {
        let Some(backward) = &migration.migration().backward else { continue };
        context.consider();
        found.extend(report(&migration, backward));
    }
    found
}

fn report(migration: &MigrationRef, backward: &Backward) -> Option<Diagnostic> {
    let (first, others) = backward.differences.split_first()?;
    let more = if others.is_empty() { String::new() } else { format!(" (and {} more)", others.len()) };
    let mut diagnostic = Diagnostic::new(migration.path.clone(), format!("after the down migration, {}{more}", first.what))
        .at(backward.place, format!("going back from `{}` does not lead to the schema before it", migration.version))
        .help("let the down migration undo every step of the up migration, in reverse order");
    for one in &backward.differences {
        diagnostic = diagnostic.cause(one.span, one.what.clone()).evidence(one.what.clone());
    }
    Some(diagnostic)
}
