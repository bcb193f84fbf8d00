//! Error responses that do not say what they hold, in a document whose other errors do.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule, spread};

/// Error responses that do not say what they hold.
pub(super) const RULE: Rule = rule!("errors/error-without-body", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let coverage = document.body_coverage();
        (0..coverage.with + coverage.without.len()).for_each(|_| context.consider());
        // Where most errors have none, it is the document's way, and `errors/missing-client-errors` is the better question.
        let (Some(first), true) = (coverage.without.first(), coverage.with > coverage.without.len()) else { continue };
        let (status, operation) = (first.status(), first.operation().subject());
        let message = match coverage.without.len() {
            1 => format!("the {status} of `{operation}` has no body, {} other errors have one", coverage.with),
            many => {
                format!("{many} error responses have no body, like the {status} of `{operation}`; {} have one", coverage.with)
            }
        };
        let diagnostic = Diagnostic::new(document.subject(), message)
            .at(first.definition_span(), "a client that reads the usual body finds none")
            .help("content:\n  application/json:\n    schema: { $ref: \"...\" }, as the other errors have it")
            .evidence("errors without body");
        let places =
            coverage.without.iter().map(|one| (one.definition_span(), format!("{} {}", one.operation().subject(), one.status())));
        found.push(spread::over(diagnostic, places));
    }
    found
}
