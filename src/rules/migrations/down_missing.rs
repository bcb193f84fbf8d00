//! A migration without a backward half, among others that have one.

use crate::diagnostic::Diagnostic;
use crate::model::schema::MigrationRef;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("migrations/down-missing", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<(&str, &str), Vec<MigrationRef>> = BTreeMap::new();
    for migration in context.head.schema.pending_migrations() {
        context.consider();
        let others = migration.database().migrations.iter();
        let with = others.clone().filter(|one| one.has_backward).count();
        if !migration.has_backward && with * 2 > others.len() {
            let database = migration.database();
            groups.entry((database.source.as_str(), database.dialect.name())).or_default().push(migration);
        }
    }
    groups.into_values().filter_map(|group| report(&group)).collect()
}

fn report(group: &[MigrationRef]) -> Option<Diagnostic> {
    let (first, others) = group.split_first()?;
    let more = if others.is_empty() { String::new() } else { format!(" (and {} more)", others.len()) };
    let message = format!("`{}` has no way back, unlike most migrations here{more}", first.file_name());
    let mut diagnostic = Diagnostic::new(first.path.clone(), message)
        .at(first.place(), "nothing undoes this")
        .help("write the backward half, or an empty one that says why there is none");
    for other in others {
        diagnostic = diagnostic.occurrence(other.place(), other.path.clone());
    }
    Some(diagnostic)
}
