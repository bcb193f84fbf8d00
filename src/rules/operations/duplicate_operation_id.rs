//! One operation id for several operations.

use crate::diagnostic::Diagnostic;
use crate::model::api::OperationRef;
use crate::rules::habit::{Place, with_occurrences};
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::BTreeMap;

/// One operation id for several operations.
pub(super) const RULE: Rule = rule!("operations/duplicate-operation-id", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut by_id: BTreeMap<&str, Vec<(OperationRef, Span)>> = BTreeMap::new();
        for operation in document.own_operations() {
            let Some(id) = operation.operation_id_spanned() else { continue };
            context.consider();
            let known = by_id.entry(id.value).or_default();
            // An operation that two paths refer to is written once, and so is its id.
            if known.iter().all(|(_, span)| *span != id.span) {
                known.push((operation, id.span));
            }
        }
        for (id, uses) in by_id {
            let [(first, span), (second, again), rest @ ..] = uses.as_slice() else { continue };
            let message = format!("`{}` and `{}` have the same operation id `{id}`", first.subject(), second.subject());
            let diagnostic = Diagnostic::new(format!("{} {id}", document.subject()), message)
                .at(*again, "ids name the methods of generated clients: one of the two overwrites the other")
                .cause(*span, format!("already the id of `{}`", first.subject()))
                .help("give it an id of its own")
                .evidence("duplicate operation id");
            let places: Vec<Place> = rest.iter().map(|(operation, span)| Place::new(*span, operation.subject())).collect();
            found.push(with_occurrences(diagnostic, &places));
        }
    }
    found
}
