//! Two migrations of one set have the same version, and the tool goes by versions.

use crate::diagnostic::Diagnostic;
use crate::model::schema::MigrationRef;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/duplicate-version", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_files() {
        context.consider();
        found.extend(report(&migration));
    }
    found
}

fn report(migration: &MigrationRef) -> Option<Diagnostic> {
    let (place, does) = migration.same_version()?;
    let message = format!("version `{}` of `{}` is taken", migration.version, migration.file_name());
    let diagnostic = Diagnostic::new(migration.path.clone(), message)
        .at(migration.place(), does)
        .cause(place, "this migration has the same version")
        .help("give it the next free version, in the file name")
        .evidence(migration.version.clone());
    Some(diagnostic)
}
