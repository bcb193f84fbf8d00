//! A pending migration was not understood in full, so nobody checked what it does.

use crate::diagnostic::Diagnostic;
use crate::model::schema::MigrationRef;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

pub(super) const RULE: Rule = rule!("migrations/unread", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_migrations() {
        context.consider();
        found.extend(report(context, &migration));
    }
    found
}

fn report(context: &Context, migration: &MigrationRef) -> Option<Diagnostic> {
    let mut places: Vec<(Span, String)> = Vec::new();
    let mut told = Vec::new();
    for (statement, why) in migration.not_understood() {
        places.push((statement.head, why.to_owned()));
        told.push(statement.span.start);
    }
    // What is wrong with the file as a whole: a string that never ends hides what follows it.
    for broken in context.head.unread.iter().filter(|one| one.path == migration.path) {
        if let Some(start) = broken.start.map(|place| place.offset).filter(|start| !told.contains(start)) {
            places.push((Span { source: migration.source, start, end: start + 1 }, broken.reason.clone()));
        }
    }
    places.sort();
    let (span, why) = places.first()?.clone();
    let message = match places.len() {
        1 => format!("a statement of `{}` was not checked", migration.file_name()),
        count => format!("{count} statements of `{}` were not checked", migration.file_name()),
    };
    let mut diagnostic = Diagnostic::new(migration.path.clone(), message)
        .at(span, why)
        .help("read it by hand; what it does to locks, rows and readers is not known here");
    for (span, why) in &places[1..] {
        diagnostic = diagnostic.occurrence(*span, why.clone());
    }
    Some(diagnostic)
}
