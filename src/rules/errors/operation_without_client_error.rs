//! An operation that documents no client error, whatever it takes.

use crate::diagnostic::Diagnostic;
use crate::model::api::OperationRef;
use crate::rules::{Context, Rule, rule};

/// An operation that documents no client error, whatever it takes.
pub(super) const RULE: Rule = rule!("errors/operation-without-client-error", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let operations: Vec<OperationRef> = document.own_operations().collect();
        operations.iter().for_each(|_| context.consider());
        let mut missing = operations.iter().filter(|operation| !operation.documents_client_errors());
        let Some(first) = missing.next() else { continue };
        let rest: Vec<&OperationRef> = missing.collect();
        let subject = first.subject();
        let message = match rest.len() {
            0 => format!("`{subject}` documents no client error"),
            more => format!("`{subject}` and {more} more operations document no client error"),
        };
        let mut diagnostic = Diagnostic::new(document.subject(), message)
            .at(first.span(), "neither 4xx nor `default` among its responses")
            .help("name one answer for all errors:\ndefault:\n  description: Any error")
            .evidence("operations without client errors");
        for operation in rest {
            diagnostic = diagnostic.occurrence(operation.span(), operation.subject());
        }
        found.push(diagnostic);
    }
    found
}
