//! An index whose keys are the leading keys of another.

use super::{SEVERAL, by_database};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::{IndexRef, drop_all_help, per_dialect};
use crate::rules::{Context, Fold, Rule, rule};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = rule!("indexes/redundant-prefix", check, Some(fold));

/// An index with so many keys more is much larger, and the short one may earn its place.
const MUCH_LONGER: usize = 3;

/// An index and the longer one.
type Pair<'m> = (IndexRef<'m>, IndexRef<'m>);

fn check(context: &Context) -> Vec<Diagnostic> {
    // What stands in each database that is the same one in other words is one finding.
    let mut covered: BTreeMap<(usize, String, String), Vec<Pair>> = BTreeMap::new();
    for (index, longer) in pairs(context) {
        covered.entry(index.logical()).or_default().push((index, longer));
    }
    let customs = customs(covered.values().flatten());
    let said = covered.values().filter_map(|pairs| {
        let said = finding(pairs)?;
        let followed = pairs.first().filter(|pair| pair.0.is_new() && scope_of(pair).is_some_and(|of| customs.contains(&of)));
        Some(match followed {
            Some(_) => said.at_most(Severity::Info, "many tables of the base have such an index: a custom of the house"),
            None => said,
        })
    });
    said.collect()
}

/// Each index that a longer one covers. One that repeats another is reported as that.
fn pairs<'m>(context: &'m Context) -> impl Iterator<Item = Pair<'m>> {
    let all = context.head.schema.droppable_indexes().inspect(|_| context.consider());
    all.filter_map(|index| Some((index, index.covered_by().filter(|_| index.repeats().is_none())?)))
}

/// The column that rows are kept apart by, where the index is on it alone and the longer one serves as well.
fn scope<'m>((index, longer): &Pair<'m>) -> Option<&'m str> {
    index.scope_alone().filter(|_| !is_much_longer(index, longer))
}

/// The same with the database.
fn scope_of<'m>(pair: &Pair<'m>) -> Option<(usize, &'m str)> {
    Some((pair.0.table().family(), scope(pair)?))
}

/// The scope columns on which many tables had an index before the change: one more follows the house.
fn customs<'m: 'p, 'p>(pairs: impl Iterator<Item = &'p Pair<'m>>) -> BTreeSet<(usize, &'m str)> {
    let mut tables: BTreeMap<(usize, &str), BTreeSet<(usize, String)>> = BTreeMap::new();
    for pair in pairs.filter(|(index, _)| !index.is_new()) {
        if let Some(of) = scope_of(pair) {
            tables.entry(of).or_default().insert(pair.0.table().logical());
        }
    }
    tables.into_iter().filter(|(_, tables)| tables.len() > SEVERAL).map(|(of, _)| of).collect()
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

/// What a database has more than a few of: an index on the same scope column alone beside one that it leads, which is one habit, and any
/// others.
fn fold(context: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    let all = pairs(context).map(|(index, longer)| (index.span, index.table().family(), (index, longer)));
    let mut folds = Vec::new();
    for findings in by_database(found, all) {
        let mut scopes: BTreeMap<&str, Vec<(usize, Vec<Pair>)>> = BTreeMap::new();
        let mut others = Vec::new();
        for (at, pairs) in findings {
            match pairs.first().and_then(scope) {
                Some(scope) => scopes.entry(scope).or_default().push((at, pairs)),
                None => others.push((at, pairs)),
            }
        }
        for (scope, held) in scopes {
            match held.len() > SEVERAL {
                true => folds.extend(habit(Some(scope), held)),
                false => others.extend(held),
            }
        }
        others.sort_by_key(|(at, _)| *at);
        if others.len() > SEVERAL {
            folds.extend(habit(None, others));
        }
    }
    folds
}

/// One finding for many, on the same scope column alone where one is given.
fn habit(scope: Option<&str>, findings: Vec<(usize, Vec<Pair>)>) -> Option<Fold> {
    let (index, longer) = *findings.first()?.1.first()?;
    let count = findings.len();
    let tables: BTreeSet<_> = findings.iter().filter_map(|(_, pairs)| Some(pairs.first()?.0.table().logical())).collect();
    let message = match scope {
        Some(scope) => format!("{count} indexes on `{scope}` alone are prefixes of others of their tables"),
        None => format!("{count} indexes of {} tables, like `{}`, are prefixes of others", tables.len(), index.label()),
    };
    let all = || findings.iter().flat_map(|(_, pairs)| pairs).map(|(index, _)| *index);
    let mut said = Diagnostic::new(index.table().database().source.clone(), message)
        .at(index.span, format!("a search by {} can use the longer one", index.keys_text()))
        .cause(longer.span, format!("{} begins with the same keys: {}", longer.described(), longer.keys_text()))
        .help(drop_all_help(all()))
        .evidence(scope.unwrap_or_default());
    for other in all().skip(1) {
        said = said.occurrence(other.span, other.subject());
    }
    Some(Fold { which: findings.iter().map(|(at, _)| *at).collect(), said })
}
