//! An index that holds the same entries as another.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::{Backing, IndexRef};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("indexes/duplicate-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut repeated: BTreeMap<(usize, String, String), Vec<(IndexRef, IndexRef)>> = BTreeMap::new();
    for index in context.head.schema.droppable_indexes() {
        context.consider();
        if let Some(kept) = index.repeats() {
            repeated.entry(index.logical()).or_default().push((index, kept));
        }
    }
    repeated.into_values().filter_map(|pairs| finding(&pairs)).collect()
}

fn finding(pairs: &[(IndexRef, IndexRef)]) -> Option<Diagnostic> {
    let ((index, kept), others) = pairs.split_first()?;
    let (name, kept_name) = (index.label(), kept.described());
    let mut found = Diagnostic::new(index.subject(), format!("index `{name}` repeats {kept_name}"))
        .at(index.span, "every write keeps both up to date, and no query needs the second")
        .cause(kept.span, format!("{kept_name} holds the same entries: {}", kept.keys_text()))
        .help(index.drop_help())
        .evidence(index.keys_text());
    if index.backs == Some(Backing::Unique) {
        found = found.at_most(Severity::Info, "a constraint rests on it, and foreign keys may refer to that");
    }
    for (other, _) in others {
        found = found.occurrence(other.span, other.subject());
    }
    Some(found)
}
