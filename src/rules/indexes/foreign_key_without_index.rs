//! A foreign key whose columns no index leads with.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::{ForeignKeyRef, per_dialect};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("indexes/foreign-key-without-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    // One finding for each missing index, whatever the number of dialects, schema files and keys that need it.
    let mut missing: BTreeMap<(usize, String, Vec<String>), Vec<ForeignKeyRef>> = BTreeMap::new();
    for key in context.head.schema.foreign_keys_without_own_index() {
        context.consider();
        if key.index().known_absent() {
            missing.entry(key.logical()).or_default().push(key);
        }
    }
    missing.into_values().filter_map(|keys| finding(&keys)).collect()
}

fn finding(keys: &[ForeignKeyRef]) -> Option<Diagnostic> {
    let (first, others) = keys.split_first()?;
    let help = per_dialect(keys.iter().map(|key| (key.table(), key.create_index_help())));
    let mut found = Diagnostic::new(first.subject(), first.headline())
        .at(first.span, first.lookup())
        .help(help)
        .evidence(first.columns.join(","));
    if let Some(table) = first.parent() {
        found = found.context(table.name_span, "the table that it refers to");
    }
    if let Some((index, why)) = first.index_that_fails() {
        found = found.context(index.span, why);
    }
    if let Some(why) = first.seldom_looked_up() {
        found = found.at_most(Severity::Info, why);
    }
    for other in others {
        found = found.occurrence(other.span, other.subject());
    }
    Some(found)
}
