//! Foreign keys whose columns no index leads with: one finding for those that one file gave to a table, since one migration mends
//! them all, and one for those of a database that leaves indexes out all over.

use super::{SEVERAL, by_database};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::{ForeignKeyRef, create_first_indexes_help, per_dialect};
use crate::rules::{Context, Fold, Rule, rule};
use crate::source::{Name, SourceId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = rule!("indexes/foreign-key-without-index", check, Some(fold));

/// Foreign keys of one table in all its dialects and schema files: those that need the same index side by side.
type Missing<'m> = BTreeMap<Vec<String>, Vec<ForeignKeyRef<'m>>>;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut tables: BTreeMap<(usize, String, bool), Missing> = BTreeMap::new();
    for key in unindexed(context) {
        let (family, table, columns) = key.logical();
        let matters_little = key.seldom_looked_up().is_some();
        tables.entry((family, table, matters_little)).or_default().entry(columns).or_default().push(key);
    }
    tables.into_values().flat_map(by_file).filter_map(finding).collect()
}

fn unindexed<'m>(context: &'m Context) -> impl Iterator<Item = ForeignKeyRef<'m>> {
    let all = context.head.schema.foreign_keys_without_own_index().inspect(|_| context.consider());
    all.filter(|key| key.index().known_absent())
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

fn fold(context: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    let all = unindexed(context).map(|key| (key.span, key.table().family(), key));
    let databases = by_database(found, all).into_iter().filter(|findings| findings.len() > SEVERAL);
    databases.filter_map(habit).collect()
}

/// One finding for a database, its tables in the order of what the lack costs them: keys whose action makes the server look for the rows
/// come first, then the number of keys.
fn habit(findings: Vec<(usize, Vec<ForeignKeyRef>)>) -> Option<Fold> {
    let which = findings.iter().map(|(at, _)| *at).collect();
    let mut tables: BTreeMap<String, Vec<ForeignKeyRef>> = BTreeMap::new();
    for key in findings.into_iter().flat_map(|(_, keys)| keys) {
        tables.entry(key.logical().1).or_default().push(key);
    }
    let mut tables: Vec<Vec<ForeignKeyRef>> = tables.into_values().collect();
    tables.sort_by_key(|keys| Reverse((keys.iter().filter(|key| key.on_delete.is_some()).count(), keys.len())));
    let keys: Vec<ForeignKeyRef> = tables.iter().flatten().copied().collect();
    let (first, others) = keys.split_first()?;
    let count = keys.iter().map(ForeignKeyRef::logical).collect::<BTreeSet<_>>().len();
    let message = format!("{count} foreign keys of {} tables, like `{}`, have no index", tables.len(), first.short_name());
    let mut said = Diagnostic::new(first.table().database().source.clone(), message)
        .at(first.span, first.lookup())
        .help(create_first_indexes_help(&keys));
    if first.seldom_looked_up().is_some() {
        said = said.evidence("seldom looked up");
    }
    for other in others {
        said = said.occurrence(other.span, other.subject());
    }
    Some(Fold { which, said })
}
