//! A pending migration drops a table of SQLite while foreign keys are on, since it turns them off where that has no effect.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::MigrationRef;
use crate::rules::pending::unsure;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/sqlite-rebuild-with-foreign-keys-on", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_migrations().filter(|migration| migration.is_sqlite()) {
        context.consider();
        found.extend(report(context, &migration));
    }
    found
}

fn report(context: &Context, migration: &MigrationRef) -> Option<Diagnostic> {
    let pragma = migration.pragma_without_effect(context.sources)?;
    let mut rebuilds = migration.rebuilds();
    let hurt = rebuilds.find_map(|one| migration.reference_to(&one.table.name).map(|(other, key)| (one, other, key)));
    let (rebuild, other, key) = hurt?;
    let table = &rebuild.table.name;
    let act = match key.on_delete.as_deref() {
        Some("CASCADE") => format!("dropping `{table}` deletes the rows of `{other}`: foreign keys are still on"),
        Some("SET NULL" | "SET DEFAULT") => {
            format!("dropping `{table}` empties the references of `{other}`: foreign keys are still on")
        }
        _ => format!("dropping `{table}` fails when `{other}` has rows: foreign keys are still on"),
    };
    let mut diagnostic = Diagnostic::new(format!("{table} foreign_keys"), act)
        .at(pragma, "has no effect inside a transaction")
        .cause(rebuild.dropped, "deletes every row first, as DELETE would")
        .context(key.span, "the reference")
        .help(format!(
            "run the migration outside of the tool's transaction, {}, and open one in the file after the PRAGMA",
            migration.way_out()
        ));
    diagnostic.because.push(migration.transaction.clone());
    if key.on_delete.is_none() {
        diagnostic = diagnostic.at_most(Severity::Warning, "where the references hold in the end and are deferred, it runs");
    }
    if let Some(why) = migration.foreign_keys_off() {
        diagnostic = unsure(diagnostic, Severity::Info, Confidence::Low, why);
    }
    Some(diagnostic)
}
