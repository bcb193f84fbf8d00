//! An operation with a cursor whose query sorts by what several rows may share.

use crate::diagnostic::Diagnostic;
use crate::model::api::PagingKind;
use crate::rules::joined::by_operation;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/cursor-without-unique-order", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for one in context.head.operation_tables() {
        let paging = one.operation.paging();
        let Some(position) = paging.position.filter(|_| paging.kind().is_some_and(|kind| kind.meets(PagingKind::Cursor))) else {
            continue;
        };
        for query in &one.queries {
            let Some(scope) = query.scope(0).filter(|scope| scope.is_paged()) else { continue };
            context.consider();
            // A query that has the cursor in it is told there.
            let Some(keys) = scope.ambiguous_order().filter(|_| scope.pages().is_none()) else { continue };
            let Some(span) = scope.scope().order_span else { continue };
            if let Some(known) = found.iter_mut().find(|known| known.primary.span == span) {
                *known = known.clone().occurrence(one.operation.span(), one.operation.subject());
                continue;
            }
            let subject = one.operation.subject();
            let message = format!(
                "`{subject}` pages by `{}`, but {} sorts by `{}` alone",
                position.name(),
                told(&query.subject()),
                keys.names
            );
            let diagnostic = Diagnostic::new(&subject, message)
                .at(span, "rows that are equal here come in any order, so that a page repeats or skips them")
                .cause(position.span(), "where the next page starts")
                .help(format!("ORDER BY {}", keys.unique))
                .evidence(keys.names);
            found.push(by_operation(diagnostic, &one));
        }
    }
    found
}

fn told(subject: &str) -> String {
    match subject.split_once(' ') {
        Some(("query", name)) => format!("query `{name}`"),
        _ => subject.to_owned(),
    }
}
