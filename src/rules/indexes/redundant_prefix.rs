//! An index whose keys are the leading keys of another.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::{IndexRef, drop_all_help, per_dialect};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("indexes/redundant-prefix", check);

/// An index with so many keys more is much larger, and the short one may earn its place.
const MUCH_LONGER: usize = 3;

/// In more tables of one database than this, an index on the scope column alone is a habit, and one thing to fix.
const SEVERAL: usize = 10;

/// An index and the longer one, in each database that is the same one in other words.
type Covered<'m> = Vec<(IndexRef<'m>, IndexRef<'m>)>;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut covered: BTreeMap<(usize, String, String), Covered> = BTreeMap::new();
    for index in context.head.schema.droppable_indexes() {
        context.consider();
        // An index that repeats another is reported as that.
        if let Some(longer) = index.covered_by().filter(|_| index.repeats().is_none()) {
            covered.entry(index.logical()).or_default().push((index, longer));
        }
    }
    let mut habits: BTreeMap<(usize, &str), Vec<Covered>> = BTreeMap::new();
    let mut found = Vec::new();
    for (logical, pairs) in covered {
        let scope =
            pairs.first().filter(|(index, longer)| !is_much_longer(index, longer)).and_then(|(index, _)| index.scope_alone());
        match scope {
            Some(scope) => habits.entry((logical.0, scope)).or_default().push(pairs),
            None => found.extend(finding(&pairs)),
        }
    }
    for ((_, scope), tables) in habits {
        match tables.len() > SEVERAL {
            true => found.extend(habit(scope, &tables)),
            false => found.extend(tables.iter().filter_map(|pairs| finding(pairs))),
        }
    }
    found
}

fn is_much_longer(index: &IndexRef, longer: &IndexRef) -> bool {
    longer.keys.len() >= index.keys.len() + MUCH_LONGER
}

fn finding(pairs: &[(IndexRef, IndexRef)]) -> Option<Diagnostic> {
    let ((index, longer), others) = pairs.split_first()?;
    let (name, longer_name) = (index.label(), longer.described());
    let mut found = Diagnostic::new(index.subject(), format!("index `{name}` is a prefix of {longer_name}"))
        .at(index.span, format!("a search by {} can use the longer one", index.keys_text()))
        .cause(longer.span, format!("{longer_name} begins with the same keys: {}", longer.keys_text()))
        .help(per_dialect(pairs.iter().map(|(index, _)| (index.table(), index.drop_help()))))
        .evidence(format!("{}<{}", index.keys_text(), longer.keys_text()));
    if is_much_longer(index, longer) {
        found = found.at_most(Severity::Info, "the longer index has many more keys, so the short one is much smaller");
    }
    for (other, _) in others {
        found = found.occurrence(other.span, other.subject());
    }
    Some(found)
}

/// One finding for all tables of a database that have an index on the same scope column alone beside one led by it.
fn habit(scope: &str, tables: &[Covered]) -> Option<Diagnostic> {
    let (index, longer) = tables.first()?.first()?;
    let all = || tables.iter().flatten().map(|(index, _)| *index);
    let message = format!("{} indexes on `{scope}` alone are prefixes of others of their tables", tables.len());
    let mut found = Diagnostic::new(index.table().database().source.clone(), message)
        .at(index.span, format!("a search by {} can use the longer one", index.keys_text()))
        .cause(longer.span, format!("{} begins with the same key: {}", longer.described(), longer.keys_text()))
        .help(drop_all_help(all()))
        .evidence(format!("{}<", index.keys_text()));
    for other in all().skip(1) {
        found = found.occurrence(other.span, other.subject());
    }
    Some(found)
}
