//! Operations that do not say what a failure of the server looks like.

use crate::diagnostic::Diagnostic;
use crate::model::api::OperationRef;
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};

/// Operations that do not say what a failure of the server looks like.
pub(super) const RULE: Rule = rule!("errors/missing-server-error", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let answers = |one: &OperationRef| one.is_known() && !one.responses().is_empty() && !one.is_health_like();
        let judged: Vec<OperationRef> = document.own_operations().filter(answers).collect();
        judged.iter().for_each(|_| context.consider());
        let silent: Vec<OperationRef> = judged.into_iter().filter(|one| !one.documents_server_error()).collect();
        let Some(first) = silent.first() else { continue };
        let message = format!("{} without a body for `500`", counted(silent.len(), "operation"));
        let diagnostic = Diagnostic::new(format!("{} 500", document.subject()), message)
            .at(first.span(), format!("{}: nothing for 500, `5XX` or `default`", first.subject()))
            .help("\"500\": { $ref: \"#/components/responses/ServerError\" }")
            .evidence("no server error");
        found.push(over(diagnostic, silent.iter().map(|operation| (operation.span(), operation.subject()))));
    }
    found
}
