//! Operations without a `default` response that is a problem document.

use crate::diagnostic::Diagnostic;
use crate::model::api::{OperationRef, Status};
use crate::rules::{Context, Rule, rule, spread};

/// Operations without a `default` response that is a problem document.
pub(super) const RULE: Rule = rule!("errors/missing-default-problem", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let judged: Vec<OperationRef> = document
            .own_operations()
            .filter(|one| one.is_known() && !one.is_health_like() && !one.has_foreign_errors())
            .collect();
        judged.iter().for_each(|_| context.consider());
        let missing: Vec<OperationRef> = judged.iter().copied().filter(|one| !has_default_problem(*one)).collect();
        let Some(first) = missing.first() else { continue };
        let message = match missing.len() {
            1 => format!("`{}` has no `default` response with a problem document", first.subject()),
            many => format!("{many} of {} operations have no `default` response with a problem document", judged.len()),
        };
        let diagnostic = Diagnostic::new(document.subject(), message)
            .at(first.span(), format!("{}: errors that are not listed have no form", first.subject()))
            .help(
                "default:\n  description: Any error\n  content:\n    application/problem+json:\n      schema: { $ref: \"...\" }",
            )
            .evidence("no default problem");
        found.push(spread::over(diagnostic, missing.iter().map(|operation| (operation.span(), operation.subject()))));
    }
    found
}

/// What cannot be read may be one.
fn has_default_problem(operation: OperationRef) -> bool {
    let mut responses = operation.responses().into_iter();
    responses.any(|response| response.status() == Status::Default && (response.is_problem() || !response.is_known()))
}
