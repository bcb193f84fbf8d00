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
    let mut places: Vec<(Span, String)> =
        migration.not_understood().map(|(statement, why)| (statement.head, why.to_owned())).collect();
    let spans: Vec<Span> = migration.not_understood().map(|(statement, _)| statement.span).collect();
    let broken = context.head.unread.iter().filter(|one| one.path == migration.path);
    let broken = broken.map(|one| (one.start.map_or(0, |start| start.offset), one.reason.clone()));
    let broken = broken.map(|(start, reason)| (Span { source: migration.source, start, end: start + 1 }, reason));
    places.extend(broken.filter(|(place, _)| !spans.iter().any(|statement| statement.contains(*place))));
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
