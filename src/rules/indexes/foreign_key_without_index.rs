//! Foreign keys whose columns no index leads with: one finding for those that one file gave to a table, since one migration mends
//! them all.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::{ForeignKeyRef, per_dialect};
use crate::rules::{Context, Rule, rule};
use crate::source::{Name, SourceId};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("indexes/foreign-key-without-index", check);

/// Foreign keys of one table in all its dialects and schema files: those that need the same index side by side.
type Missing<'m> = BTreeMap<Vec<String>, Vec<ForeignKeyRef<'m>>>;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut tables: BTreeMap<(usize, String, bool), Missing> = BTreeMap::new();
    for key in context.head.schema.foreign_keys_without_own_index() {
        context.consider();
        if key.index().known_absent() {
            let (family, table, columns) = key.logical();
            let matters_little = key.seldom_looked_up().is_some();
            tables.entry((family, table, matters_little)).or_default().entry(columns).or_default().push(key);
        }
    }
    tables.into_values().flat_map(by_file).filter_map(finding).collect()
}

/// What one file brought is one thing to mend: a key that comes later is another one.
fn by_file(missing: Missing) -> Vec<Missing> {
    let mut files: BTreeMap<Option<SourceId>, Missing> = BTreeMap::new();
    for (columns, keys) in missing {
        files.entry(keys.first().map(|key| key.span.source)).or_default().insert(columns, keys);
    }
    files.into_values().collect()
}

fn finding(missing: Missing) -> Option<Diagnostic> {
    let mut indexes: Vec<Vec<ForeignKeyRef>> = missing.into_values().collect();
    indexes.sort_by_key(|keys| keys.first().map(|key| (key.table().database_number(), key.migration, key.span)));
    let (first, others) = indexes.split_first().and_then(|(same, others)| Some((same.first()?, others)))?;
    let (subject, message) = match others.len() {
        0 => (first.subject(), first.headline()),
        more => {
            let message = format!("{} foreign keys of `{}` have no index", more + 1, first.table().short_name());
            (first.table().subject(), message)
        }
    };
    let mut found = Diagnostic::new(subject, message).at(first.span, first.lookup()).help(help(&indexes));
    if let Some(table) = first.parent() {
        found = found.context(table.name_span, "the table that it refers to");
    }
    if let Some((index, why)) = first.index_that_fails() {
        found = found.context(index.span, why);
    }
    if let Some(why) = first.seldom_looked_up() {
        found = found.at_most(Severity::Info, why);
    }
    for keys in &indexes {
        found = found.evidence(keys.first().map(|key| key.columns.join(",")).unwrap_or_default());
    }
    for other in indexes.iter().flatten().skip(1) {
        found = found.occurrence(other.span, other.subject());
    }
    Some(found)
}

/// The statements that make the missing indexes, for each dialect.
fn help(indexes: &[Vec<ForeignKeyRef>]) -> String {
    let mut tables: Vec<(&ForeignKeyRef, Vec<Vec<Name>>)> = Vec::new();
    for key in indexes.iter().flatten() {
        match tables.iter_mut().find(|(known, _)| known.table().database_number() == key.table().database_number()) {
            Some((_, lists)) if lists.contains(&key.columns) => {}
            Some((_, lists)) => lists.push(key.columns.clone()),
            None => tables.push((key, vec![key.columns.clone()])),
        }
    }
    per_dialect(tables.into_iter().map(|(key, lists)| (key.table(), key.table().create_indexes_help(&lists))))
}
