//! Operations whose answers do not say how much of the limit is left.

use crate::diagnostic::Diagnostic;
use crate::model::api::{LimitDialect, OperationRef};
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};

/// Operations whose answers do not say how much of the limit is left.
pub(super) const RULE: Rule = rule!("rate-limit/missing-headers", check);

const HELP: &str = "headers:\n  RateLimit: { schema: { type: string } }\n  RateLimit-Policy: { schema: { type: string } }";

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut silent: Vec<OperationRef> = Vec::new();
        for operation in document.own_operations().filter(|operation| operation.is_known()) {
            let responses = operation.responses();
            let mut counting = responses.iter().filter(|one| matches!(one.status().class(), Some(2 | 4))).peekable();
            if counting.peek().is_none() {
                continue;
            }
            context.consider();
            if !counting.any(|one| one.header_list().into_iter().any(|header| header.limit_dialect().is_some())) {
                silent.push(operation);
            }
        }
        let Some(first) = silent.first() else { continue };
        let asked = document.standards().rate_limit_headers;
        let (family, help) = match asked {
            None | Some(LimitDialect::Plain) => ("RateLimit", HELP.to_owned()),
            Some(other) => (
                other.name(),
                format!("headers:\n  {}: {{ schema: {{ type: integer }} }}", other.name().replace('*', "Remaining")),
            ),
        };
        let message = format!("{} without `{family}` headers", counted(silent.len(), "operation"));
        let diagnostic = Diagnostic::new(format!("{} rate-limit headers", document.subject()), message)
            .at(first.span(), format!("{}: clients see the limit only when they hit it", first.subject()))
            .help(help)
            .evidence("no rate-limit headers");
        found.push(over(diagnostic, silent.iter().map(|operation| (operation.span(), operation.subject()))));
    }
    found
}
