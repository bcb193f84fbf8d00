//! A migration that the base has was edited.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::MigrationRef;
use crate::model::schema::pending::Edited;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("migrations/edited-applied-migration", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    // One folder edited in one change is one thing to undo.
    let mut groups: BTreeMap<(&str, bool), Vec<(MigrationRef, Span)>> = BTreeMap::new();
    for migration in context.head.schema.migrations().filter(|one| !one.is_repeatable()) {
        context.consider();
        let Some((span, anew)) = migration.edit() else { continue };
        // Whoever stores no checksum notices only what runs.
        if !anew && migration.when_edited() == Edited::Nothing {
            continue;
        }
        let group = groups.entry((migration.database().source.as_str(), anew)).or_default();
        if !group.iter().any(|(held, _)| held.path == migration.path) {
            group.push((migration, span));
        }
    }
    groups.into_iter().filter_map(|((_, anew), edited)| report(&edited, anew)).collect()
}

fn report(edited: &[(MigrationRef, Span)], anew: bool) -> Option<Diagnostic> {
    let ((first, span), others) = edited.split_first()?;
    let more = if others.is_empty() { String::new() } else { format!(" (and {} more)", others.len()) };
    let message = format!("`{}` was edited after it was merged{more}", first.file_name());
    let tool = first.tool();
    let label = match first.when_edited() {
        Edited::Refuses => {
            format!("{tool} compares checksums, comments included, and refuses to go on where the old file has run")
        }
        Edited::Warns => format!("{tool} warns that the file has changed, and does not run it again"),
        Edited::Nothing => "databases that ran the old file never run this: from here on they differ from new ones".to_owned(),
    };
    let help = match anew {
        true => "put the file back as it was, and write the change as a new migration",
        false => "put the file back as it was, comments and white space included",
    };
    let mut diagnostic = Diagnostic::new(first.path.clone(), message).at(*span, label).help(help);
    for (other, span) in others {
        diagnostic = diagnostic.occurrence(*span, other.path.clone());
    }
    Some(match first.when_edited() {
        Edited::Refuses => diagnostic,
        Edited::Warns => diagnostic.at_most(Severity::Warning, format!("{tool} warns and goes on")),
        Edited::Nothing => diagnostic.at_most(Severity::Warning, format!("{tool} does not notice")),
    })
}
