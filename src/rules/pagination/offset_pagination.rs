//! Lists that are paged by counting entries from the start.

use crate::diagnostic::Diagnostic;
use crate::model::api::{OperationRef, PagingKind};
use crate::rules::{Context, Rule, rule, spread};

/// Lists that are paged by counting entries from the start.
pub(super) const RULE: Rule = rule!("pagination/offset-pagination", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        // What the configuration asks for is judged by `pagination/inconsistent-parameters`.
        if document.standards().pagination.is_some() {
            continue;
        }
        let paged: Vec<_> = document
            .listing_operations()
            .filter_map(|operation| {
                let paging = operation.paging();
                Some((operation, paging.position?, paging.kind()?))
            })
            .collect();
        paged.iter().for_each(|_| context.consider());
        let counts = |kind: &PagingKind| matches!(kind, PagingKind::Offset | PagingKind::Page);
        let takes_cursor = |operation: &OperationRef| {
            operation
                .query_parameters()
                .iter()
                .any(|one| one.name().to_lowercase().contains("cursor") || one.name().contains("oken"))
        };
        let counted: Vec<_> = paged.iter().filter(|(operation, _, kind)| counts(kind) && !takes_cursor(operation)).collect();
        let Some((first, position, _)) = counted.first() else { continue };
        let message = match counted.len() {
            1 => format!("`{}` is paged by `{}`: late pages are slow, and entries are skipped", first.subject(), position.name()),
            many => format!(
                "{many} of {} paged lists count from the start, like `{}` by `{}`",
                paged.len(),
                first.subject(),
                position.name()
            ),
        };
        let diagnostic = Diagnostic::new(document.subject(), message)
            .at(first.span(), "page 1,000 reads and throws away the 999 before it")
            .context(position.span(), "counts from the start of the list")
            .help("- { name: cursor, in: query, schema: { type: string } }, and the `next_cursor` in the answer")
            .evidence("offset pagination");
        found.push(spread::over(diagnostic, counted.iter().map(|(operation, ..)| (operation.span(), operation.subject()))));
    }
    found
}
