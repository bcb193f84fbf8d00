//! An index whose keys are the leading keys of another.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::IndexRef;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("indexes/redundant-prefix", check);

/// An index with so many keys more is much larger, and the short one may earn its place.
const MUCH_LONGER: usize = 3;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut covered: BTreeMap<(usize, String, String), Vec<(IndexRef, IndexRef)>> = BTreeMap::new();
    for index in context.head.schema.droppable_indexes() {
        context.consider();
        // An index that repeats another is reported as that.
        if let Some(longer) = index.covered_by().filter(|_| index.repeats().is_none()) {
            covered.entry(index.logical()).or_default().push((index, longer));
        }
    }
    covered.into_values().filter_map(|pairs| finding(&pairs)).collect()
}

fn finding(pairs: &[(IndexRef, IndexRef)]) -> Option<Diagnostic> {
    let ((index, longer), others) = pairs.split_first()?;
    let (name, longer_name) = (index.label(), longer.described());
    let mut found = Diagnostic::new(index.subject(), format!("index `{name}` is a prefix of {longer_name}"))
        .at(index.span, format!("a search by {} can use the longer one", index.keys_text()))
        .cause(longer.span, format!("{longer_name} begins with the same keys: {}", longer.keys_text()))
        .help(index.drop_help())
        .evidence(format!("{}<{}", index.keys_text(), longer.keys_text()));
    if longer.keys.len() >= index.keys.len() + MUCH_LONGER {
        found = found.at_most(Severity::Info, "the longer index has many more keys, so the short one is much smaller");
    }
    for (other, _) in others {
        found = found.occurrence(other.span, other.subject());
    }
    Some(found)
}
