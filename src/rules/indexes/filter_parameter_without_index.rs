//! A filter parameter over a column that no index serves.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::{Filter, OperationTable};
use crate::model::schema::{ColumnRef, per_dialect};
use crate::rules::joined::by_operation;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/filter-parameter-without-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for one in context.head.operation_tables().into_iter().filter(|one| one.operation.list().is_some()) {
        let narrowing = one.narrowing_columns();
        for filter in one.filters() {
            context.consider();
            let unserved = filter.unserved(&narrowing);
            // A foreign key without an index has a rule of its own.
            let refers = unserved.iter().any(ColumnRef::is_foreign_key);
            let is_known = !refers && !one.is_elsewhere && one.asks_by(&filter);
            let Some(first) = unserved.first().filter(|_| is_known) else { continue };
            // A parameter that several operations share, over the same table, is one thing to fix.
            let same = |known: &&mut Diagnostic| {
                known.primary.span == filter.span || known.causes.iter().any(|cause| cause.span == first.span)
            };
            match found.iter_mut().find(same) {
                Some(known) if known.causes.iter().any(|cause| cause.span == first.span) => {
                    *known = known.clone().occurrence(one.operation.span(), subject(&one, &filter));
                }
                _ => found.push(report(&one, &filter, &unserved)),
            }
        }
    }
    found
}

fn subject(one: &OperationTable, filter: &Filter) -> String {
    format!("{} ?{}", one.operation.subject(), filter.name)
}

fn report(one: &OperationTable, filter: &Filter, unserved: &[ColumnRef]) -> Diagnostic {
    let (subject, first) = (subject(one, filter), unserved[0]);
    let message = format!("`{subject}` filters by `{}`, which no index serves", first.short_name());
    let mut diagnostic = Diagnostic::new(&subject, message)
        .at(filter.span, "clients may ask by this")
        .help(per_dialect(unserved.iter().map(|column| {
            let table = column.table();
            (table, table.create_indexes_help(&[column.ordering_index()]))
        })))
        .evidence(first.name.clone());
    for column in unserved {
        diagnostic = diagnostic.cause(column.span, format!("no index of `{}` leads with it", column.table().short_name()));
    }
    let diagnostic = by_operation(diagnostic, one);
    match one.few_rows() {
        Some(why) => diagnostic.at_most(Severity::Info, why),
        None if first.is_text() && !filter.is_whole => {
            diagnostic.at_most(Severity::Info, "a text may be searched by a part of it, which no plain index serves")
        }
        None if filter.is_range && !first.is_moment() => {
            diagnostic.at_most(Severity::Info, "one side of a number may be most of the rows, which no index serves")
        }
        None if filter.is_range && first.may_follow_key() => diagnostic
            .at_most(Severity::Info, "the application makes the keys, which may carry the time of creation and find the rows"),
        None if !one.grows() => diagnostic.at_most(Severity::Info, "the table need not grow, by its name"),
        None => diagnostic,
    }
}
