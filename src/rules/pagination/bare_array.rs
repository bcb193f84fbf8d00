//! Lists whose answer is an array and nothing else: no room for the position of the next page.

use crate::diagnostic::Diagnostic;
use crate::model::api::OperationRef;
use crate::rules::{Context, Rule, rule, spread};

/// Lists whose answer is an array and nothing else.
pub(super) const RULE: Rule = rule!("pagination/bare-array", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let lists: Vec<OperationRef> = document.listing_operations().collect();
        lists.iter().for_each(|_| context.consider());
        let bare = |operation: &OperationRef| operation.list().is_some_and(|list| list.property.is_none());
        let bare: Vec<OperationRef> = lists.into_iter().filter(bare).collect();
        let Some((first, list)) = bare.first().and_then(|first| Some((first, first.list()?))) else { continue };
        let subject = match bare.len() {
            1 => first.subject(),
            _ => document.subject(),
        };
        let message = match bare.len() {
            1 => format!("`{}` answers with a bare array: nothing can be said about the list", first.subject()),
            many => format!("`{}` and {} other lists answer with a bare array", first.subject(), many - 1),
        };
        let diagnostic = Diagnostic::new(subject, message)
            .at(first.span(), "there is no place for the next cursor or a total")
            .context(list.span(), "the whole answer is this array")
            .help("type: object\nproperties:\n  items: { type: array, items: { ... } }\n  next_cursor: { type: string }")
            .evidence("bare array");
        found.push(spread::over(diagnostic, bare.iter().map(|operation| (operation.span(), operation.subject()))));
    }
    found
}
