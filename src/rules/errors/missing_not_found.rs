//! Operations on one thing that do not say what a caller gets when it is not there.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::OperationRef;
use crate::rules::{Context, Rule, rule, spread};

/// Operations on one thing that do not say what a caller gets when it is not there.
pub(super) const RULE: Rule = rule!("errors/missing-not-found", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        // Those that document no client errors at all are the question of `errors/missing-client-errors`.
        let judged = document.own_operations().filter(|one| one.addresses_one_thing() && one.documents_client_errors());
        let judged: Vec<OperationRef> = judged.collect();
        judged.iter().for_each(|_| context.consider());
        let missing: Vec<OperationRef> = judged.iter().copied().filter(|one| !one.documents_not_found()).collect();
        let Some(first) = missing.first() else { continue };
        let (all, without) = (judged.len(), missing.len());
        let message = match without {
            1 => format!("`{}` does not document 404, {} others like it do", first.subject(), all - 1),
            _ => format!("{without} of {all} operations on one thing do not document 404, like `{}`", first.subject()),
        };
        let diagnostic = Diagnostic::new(document.subject(), message)
            .at(first.span(), "what a caller gets for an unknown id is not said")
            .help("\"404\":\n  description: There is no such thing")
            .evidence("no 404");
        let diagnostic = spread::over(diagnostic, missing.iter().map(|operation| (operation.span(), operation.subject())));
        found.push(match all >= 5 && (all - without) * 5 >= all * 4 {
            true => diagnostic,
            false => diagnostic.at_most(Severity::Info, "the document has no habit of it"),
        });
    }
    found
}
