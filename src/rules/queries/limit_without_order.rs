//! A bounded part of a list that has no order.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::queries::{Role, ScopeRef, Verb};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("queries/limit-without-order", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for query in context.head.application_queries().filter(|query| query.is_clear()) {
        let Some(scope) = query.scope(0).filter(is_bounded_list) else { continue };
        context.consider();
        let Some(limit) = scope.scope().limit.as_ref().filter(|_| scope.scope().order_by.is_empty()) else { continue };
        let Some(table) = (0..scope.scope().tables.len()).find_map(|number| scope.table(number)) else { continue };
        let message = format!("`{}` takes some rows of `{}` in no order", query.subject(), table.short_name());
        let mut diagnostic = Diagnostic::new(query.subject(), message)
            .at(limit.span, "which rows these are may change from one run to the next")
            .context(table.name_span, "the table")
            .evidence(table.subject());
        if let Some(key) = table.table().primary_key().and_then(|index| index.columns()) {
            diagnostic = diagnostic.help(format!("ORDER BY {}", key.join(", ")));
        }
        if scope.takes_one() {
            diagnostic = diagnostic.at_most(Severity::Info, "it asks for one row, and any may do");
        } else if scope.has_wide_bound() {
            diagnostic = diagnostic.at_most(Severity::Info, "so wide a bound is a fuse, and no part of a list");
        } else if scope.scope().offset.is_none() && scope.is_work() {
            diagnostic = diagnostic.at_most(Severity::Info, "rows that are locked or due are work, whose order may not matter");
        }
        found.push(diagnostic);
    }
    found
}

/// Whether the caller gets a list with a bound, and not one row or a number made of rows.
fn is_bounded_list(scope: &ScopeRef) -> bool {
    let held = scope.scope();
    let lists = held.role == Role::Main && held.verb == Verb::Select && held.branches.is_empty() && held.limit.is_some();
    let reads = (0..held.tables.len()).any(|number| scope.table(number).is_some());
    // A lookup that says LIMIT 1 has one row in mind.
    let looks_up = scope.takes_one() && scope.accesses().iter().any(|access| !access.equal_columns().is_empty());
    lists && reads && !looks_up && !held.aggregates() && !scope.finds_one_row() && !scope.gives_constants()
}
