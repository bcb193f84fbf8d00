//! The rules of the group `indexes`.

mod array_any_without_gin;
mod composite_order;
mod cursor_without_unique_order;
mod duplicate_index;
mod filter_parameter_without_index;
mod foreign_key_without_index;
mod function_on_column;
mod hash_index;
mod implicit_cast;
mod jsonb_without_gin;
mod leading_wildcard;
mod list_query_without_limit;
mod low_selectivity;
mod offset_on_growing_table;
mod query_predicate_without_index;
mod query_sort_without_index;
mod redundant_prefix;
mod soft_delete_unfiltered;
mod sort_parameter_without_index;
mod tenant_column_not_leading;
mod too_many_indexes;
mod unique_with_soft_delete;
mod unused_by_queries;

use super::Rule;
use crate::diagnostic::Diagnostic;
use crate::model::queries::Unserved;
use crate::source::Span;
use std::collections::{BTreeMap, HashMap};

/// More findings of a rule in one database than this are its habit, and one thing to say.
const SEVERAL: usize = 10;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    array_any_without_gin::RULE,
    composite_order::RULE,
    cursor_without_unique_order::RULE,
    duplicate_index::RULE,
    filter_parameter_without_index::RULE,
    foreign_key_without_index::RULE,
    function_on_column::RULE,
    hash_index::RULE,
    implicit_cast::RULE,
    jsonb_without_gin::RULE,
    leading_wildcard::RULE,
    list_query_without_limit::RULE,
    low_selectivity::RULE,
    offset_on_growing_table::RULE,
    query_predicate_without_index::RULE,
    query_sort_without_index::RULE,
    redundant_prefix::RULE,
    soft_delete_unfiltered::RULE,
    sort_parameter_without_index::RULE,
    tenant_column_not_leading::RULE,
    too_many_indexes::RULE,
    unique_with_soft_delete::RULE,
    unused_by_queries::RULE,
];

/// What one index would serve is one finding: the first access is told, the others are occurrences.
fn once<'m>(all: Vec<Unserved<'m>>, tell: impl Fn(&Unserved<'m>) -> Diagnostic) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<(usize, String, String), (usize, Vec<Unserved>)> = BTreeMap::new();
    for (number, one) in all.into_iter().enumerate() {
        let (family, table) = one.table.logical();
        groups.entry((family, table, one.tail.clone())).or_insert_with(|| (number, Vec::new())).1.push(one);
    }
    let mut groups: Vec<(usize, Vec<Unserved>)> = groups.into_values().collect();
    groups.sort_by_key(|(number, _)| *number);
    let mut found = Vec::new();
    for (_, group) in groups {
        let Some((first, others)) = group.split_first() else { continue };
        let mut diagnostic = tell(first);
        for other in others {
            if let Some(span) = other.places.first() {
                diagnostic = diagnostic.occurrence(*span, other.query.subject());
            }
        }
        found.push(diagnostic);
    }
    found
}

/// The findings of each database, by their positions, with what they are about; `all` has what stands at a place, and the number of its
/// database.
fn by_database<T: Copy>(found: &[&Diagnostic], all: impl Iterator<Item = (Span, usize, T)>) -> Vec<Vec<(usize, Vec<T>)>> {
    let known: HashMap<Span, (usize, T)> = all.map(|(span, database, one)| (span, (database, one))).collect();
    let mut databases: BTreeMap<usize, Vec<(usize, Vec<T>)>> = BTreeMap::new();
    for (at, said) in found.iter().enumerate() {
        let places = std::iter::once(said.primary.span).chain(said.occurrences.iter().map(|one| one.span));
        let here: Vec<(usize, T)> = places.filter_map(|span| known.get(&span).copied()).collect();
        if let Some((database, _)) = here.first() {
            databases.entry(*database).or_default().push((at, here.iter().map(|(_, one)| *one).collect()));
        }
    }
    databases.into_values().collect()
}
