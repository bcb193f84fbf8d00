//! An index that holds the same entries as another.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::{Backing, IndexRef, drop_all_help, per_dialect};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("indexes/duplicate-index", check);

/// From so many tables of one database on, an index on the primary key's own columns is a habit, and one thing to fix.
const HABIT: usize = 5;

/// An index and the one that it repeats, in each database that is the same one in other words.
type Repeated<'m> = Vec<(IndexRef<'m>, IndexRef<'m>)>;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut repeated: BTreeMap<(usize, String, String), Repeated> = BTreeMap::new();
    for index in context.head.schema.droppable_indexes() {
        context.consider();
        if let Some(kept) = index.repeats() {
            repeated.entry(index.logical()).or_default().push((index, kept));
        }
    }
    let mut habits: BTreeMap<usize, Vec<Repeated>> = BTreeMap::new();
    let mut found = Vec::new();
    for (logical, pairs) in repeated {
        match pairs.iter().all(|(index, kept)| index.backs.is_none() && kept.backs == Some(Backing::PrimaryKey)) {
            true => habits.entry(logical.0).or_default().push(pairs),
            false => found.extend(finding(&pairs)),
        }
    }
    for tables in habits.into_values() {
        match tables.len() {
            0..HABIT => found.extend(tables.iter().filter_map(|pairs| finding(pairs))),
            _ => found.extend(habit(&tables)),
        }
    }
    found
}

fn finding(pairs: &[(IndexRef, IndexRef)]) -> Option<Diagnostic> {
    let ((index, kept), others) = pairs.split_first()?;
    let (name, kept_name) = (index.label(), kept.described());
    let mut found = Diagnostic::new(index.subject(), format!("index `{name}` repeats {kept_name}"))
        .at(index.span, "every write keeps both up to date, and no query needs the second")
        .cause(kept.span, format!("{kept_name} holds the same entries: {}", kept.keys_text()))
        .help(per_dialect(pairs.iter().map(|(index, _)| (index.table(), index.drop_help()))))
        .evidence(index.keys_text());
    if index.backs == Some(Backing::Unique) {
        found = found.at_most(Severity::Info, "a constraint rests on it, and foreign keys may refer to that");
    }
    for (other, _) in others {
        found = found.occurrence(other.span, other.subject());
    }
    Some(found)
}

/// One finding for all tables of a database whose primary key is repeated.
fn habit(tables: &[Repeated]) -> Option<Diagnostic> {
    let (index, kept) = tables.first()?.first()?;
    let all = || tables.iter().flatten().map(|(index, _)| *index);
    let what = if all().all(|index| index.unique) { "a unique index" } else { "an index" };
    let table = index.table().short_name();
    let message = format!("{} tables have {what} that repeats their primary key, like `{table}`", tables.len());
    let mut found = Diagnostic::new(index.table().database().source.clone(), message)
        .at(index.span, "every write keeps both up to date, and no query needs the second")
        .cause(kept.span, format!("the primary key holds the same entries: {}", kept.keys_text()))
        .help(drop_all_help(all()))
        .evidence("repeats the primary key");
    for other in all().skip(1) {
        found = found.occurrence(other.span, other.subject());
    }
    Some(found)
}
