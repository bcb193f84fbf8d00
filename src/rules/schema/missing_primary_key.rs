//! A table without a primary key.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::{Facet, TableRef, per_dialect};
use crate::model::words;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("schema/missing-primary-key", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut missing: BTreeMap<(usize, String), Vec<TableRef>> = BTreeMap::new();
    let tables = context.head.schema.tables();
    for table in
        tables.filter(|table| !table.is_derived() && !words::is_bookkeeping(&table.name.name) && !table.serves_extension())
    {
        context.consider();
        let is_known = Facet::ALL.iter().all(|facet| table.gap(*facet).is_none()) && !table.columns.is_empty();
        if is_known && table.primary_key().is_none() && !table.is_kept_to_a_row() {
            missing.entry(table.logical()).or_default().push(table);
        }
    }
    missing.into_values().filter_map(|tables| report(&tables)).collect()
}

fn report(tables: &[TableRef]) -> Option<Diagnostic> {
    let (first, others) = tables.split_first()?;
    let mut found = Diagnostic::new(first.subject(), format!("table `{}` has no primary key", first.short_name()))
        .at(first.name_span, "a row can be stored twice, and none can be named: replication and changes by row need a key")
        .help(per_dialect(tables.iter().map(|table| (*table, table.primary_key_help()))));
    if let Some(index) = first.key_in_all_but_name() {
        found = found
            .context(index.span, format!("{} says the same of {}", index.described(), index.keys_text()))
            .at_most(Severity::Info, "a unique index over columns that are never NULL names every row");
    } else if first.partitioned {
        found = found.at_most(Severity::Info, "a key of a partitioned table has to hold the columns that it is partitioned by");
    } else if first.numbers_rows_itself() {
        found = found.at_most(Severity::Info, "SQLite numbers the rows by itself");
    }
    Some(others.iter().fold(found, |found, other| found.occurrence(other.name_span, other.subject())))
}
