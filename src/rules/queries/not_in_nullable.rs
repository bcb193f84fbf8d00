//! `NOT IN` over a column that can be NULL.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("queries/not-in-nullable", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for query in context.head.application_queries().chain(context.head.stored_queries()).filter(|query| query.is_clear()) {
        for exclusion in query.exclusions() {
            context.consider();
            let Some(column) = exclusion.nullable() else { continue };
            let name = column.short_name();
            let message = format!("`NOT IN` finds no row at all as soon as one `{name}` is NULL");
            found.push(
                Diagnostic::new(query.subject(), message)
                    .at(exclusion.predicate.span, "a comparison with NULL is never true, so neither is its negation")
                    .cause(column.span, format!("`{name}` takes NULL"))
                    .help(format!("NOT EXISTS (..), or `WHERE {} IS NOT NULL` in the subquery", column.sql_name()))
                    .evidence(column.subject()),
            );
        }
    }
    found
}
