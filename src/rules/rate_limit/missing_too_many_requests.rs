//! Operations that do not say what too many requests are answered with.

use crate::diagnostic::Diagnostic;
use crate::model::api::OperationRef;
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};

/// Operations that do not say what too many requests are answered with.
pub(super) const RULE: Rule = rule!("rate-limit/missing-too-many-requests", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let asks = |operation: &OperationRef| operation.is_known() && !operation.responses().is_empty();
        let judged: Vec<OperationRef> = document.own_operations().filter(asks).collect();
        judged.iter().for_each(|_| context.consider());
        let silent: Vec<OperationRef> = judged.into_iter().filter(|one| !one.documents_too_many_requests()).collect();
        let Some(first) = silent.first() else { continue };
        let message = format!("{} without a `429`", counted(silent.len(), "operation"));
        let diagnostic = Diagnostic::new(format!("{} 429 missing", document.subject()), message)
            .at(first.span(), format!("{}: nothing for 429, `4XX` or `default`", first.subject()))
            .help("\"429\":\n  description: Too many requests\n  headers:\n    Retry-After: { schema: { type: integer } }")
            .evidence("no 429");
        found.push(over(diagnostic, silent.iter().map(|operation| (operation.span(), operation.subject()))));
    }
    found
}
