//! A list operation whose query reads all rows that there are.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::joined::by_operation;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/list-query-without-limit", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for one in context.head.operation_tables().into_iter().filter(|one| one.operation.list().is_some()) {
        for query in one.queries.iter().filter(|query| query.is_clear()) {
            context.consider();
            let few = query.scope(0).is_none_or(|scope| scope.finds_one_row() || scope.scope().aggregates());
            if query.limited() != Some(false) || few {
                continue;
            }
            let (subject, span) = (one.operation.subject(), query.statement.span);
            if let Some(known) = found.iter_mut().find(|known| known.primary.span == span) {
                *known = known.clone().occurrence(one.operation.span(), subject);
                continue;
            }
            let name = query.name.as_ref().map(|name| name.value.as_str()).unwrap_or_default();
            let message = format!("query `{name}` of `{subject}` reads every row of `{}`", one.table().short_name());
            let mut diagnostic = Diagnostic::new(&subject, message)
                .at(query.name.as_ref().map_or(span, |name| name.span), "no LIMIT: the answer grows with the table")
                .help("LIMIT and a condition that says where the page starts")
                .evidence(name);
            let paging = one.operation.paging();
            diagnostic = match paging.position.or(paging.size) {
                Some(parameter) => diagnostic.cause(parameter.span(), "the API promises pages"),
                None => diagnostic.cause(one.operation.span(), "the operation gives a list"),
            };
            let diagnostic = by_operation(diagnostic, &one);
            found.push(match one.few_rows() {
                Some(why) => diagnostic.at_most(Severity::Info, why),
                None if !one.grows() => diagnostic.at_most(Severity::Info, "the table need not grow, by its name"),
                None => diagnostic,
            });
        }
    }
    found
}
