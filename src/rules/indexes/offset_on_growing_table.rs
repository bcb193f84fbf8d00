//! A list that is paged by counting rows from the start, over a table that grows with use.

use crate::diagnostic::Diagnostic;
use crate::model::api::PagingKind;
use crate::rules::joined::by_operation;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/offset-on-growing-table", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for one in context.head.operation_tables().into_iter().filter(|one| one.operation.list().is_some()) {
        let paging = one.operation.paging();
        let counts = matches!(paging.kind(), Some(PagingKind::Offset | PagingKind::Page));
        let Some(position) = paging.position.filter(|_| counts) else { continue };
        context.consider();
        if !one.grows() || one.is_elsewhere || one.few_rows().is_some() {
            continue;
        }
        let (subject, table) = (one.operation.subject(), one.table());
        let same = |known: &&mut Diagnostic| known.causes.iter().any(|cause| cause.span == table.name_span);
        if let Some(known) = found.iter_mut().find(same) {
            *known = known.clone().occurrence(one.operation.span(), subject);
            continue;
        }
        let message = format!("`{subject}` counts pages from the start, and `{}` grows with use", table.short_name());
        let diagnostic = Diagnostic::new(&subject, message)
            .at(position.span(), "page 1000 reads and throws away all rows of the 999 before it")
            .cause(table.name_span, "rows are added for ever")
            .help("{ name: cursor, in: query, schema: { type: string } }")
            .evidence(table.subject());
        found.push(by_operation(diagnostic, &one));
    }
    found
}
