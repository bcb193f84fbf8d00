//! A pending migration builds a table of SQLite anew and forgets its indexes.

use crate::diagnostic::Diagnostic;
use crate::model::schema::MigrationRef;
use crate::model::schema::pending::Rebuild;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/sqlite-rebuild-loses-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_migrations().filter(|migration| migration.is_sqlite()) {
        for rebuild in migration.rebuilds() {
            context.consider();
            found.extend(report(context, &migration, &rebuild));
        }
    }
    found
}

fn report(context: &Context, migration: &MigrationRef, rebuild: &Rebuild) -> Option<Diagnostic> {
    let (first, more) = rebuild.lost.split_first()?;
    let table = &rebuild.table;
    let what = match more.len() {
        0 => format!("index `{}` is", first.name),
        count => format!("index `{}` and {count} more are", first.name),
    };
    let statements: Vec<String> = rebuild.lost.iter().map(|index| one_line(context.sources.text(index.span))).collect();
    let mut diagnostic = Diagnostic::new(format!("{table}.{}", first.name), format!("{what} lost when `{table}` is rebuilt"))
        .at(rebuild.dropped, "the indexes of a table go with it")
        .help(format!("at the end of the migration:\n{}", statements.join("\n")))
        .evidence(migration.version.clone());
    for index in &rebuild.lost {
        diagnostic = diagnostic.cause(index.span, "nothing makes it again");
    }
    Some(diagnostic)
}

fn one_line(statement: &str) -> String {
    format!("{};", statement.split_whitespace().collect::<Vec<_>>().join(" "))
}
