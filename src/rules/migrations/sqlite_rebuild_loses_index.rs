//! A pending migration builds a table of SQLite anew and forgets its indexes.

use crate::diagnostic::Diagnostic;
use crate::model::schema::{Index, MigrationRef, RebuiltTable};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/sqlite-rebuild-loses-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_migrations().filter(|migration| migration.is_sqlite()) {
        for rebuild in migration.rebuilds() {
            context.consider();
            found.extend(report(context, &migration, rebuild, &migration.lost_indexes(rebuild)));
        }
    }
    found
}

fn report(context: &Context, migration: &MigrationRef, rebuild: &RebuiltTable, lost: &[(&str, &Index)]) -> Option<Diagnostic> {
    let ((first, _), more) = lost.split_first()?;
    let table = &rebuild.table.name;
    let what = match more.len() {
        0 => format!("index `{first}` is"),
        count => format!("index `{first}` and {count} more are"),
    };
    let statements: Vec<String> = lost.iter().map(|(_, index)| one_line(context.sources.text(index.span))).collect();
    let mut diagnostic = Diagnostic::new(format!("{table}.{first}"), format!("{what} lost when `{table}` is rebuilt"))
        .at(rebuild.dropped, "the indexes of a table go with it")
        .help(format!("at the end of the migration:\n{}", statements.join("\n")))
        .evidence(migration.version.clone());
    for (_, index) in lost {
        diagnostic = diagnostic.cause(index.span, "nothing makes it again");
    }
    Some(diagnostic)
}

fn one_line(statement: &str) -> String {
    format!("{};", statement.split_whitespace().collect::<Vec<_>>().join(" "))
}
