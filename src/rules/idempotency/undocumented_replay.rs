//! Operations that take an idempotency key and do not say what a key that was used before is answered with.

use crate::diagnostic::Diagnostic;
use crate::model::api::OperationRef;
use crate::rules::{Context, Rule, rule, spread};

/// Operations that take a key and do not say what a repeated one is answered with.
pub(super) const RULE: Rule = rule!("idempotency/undocumented-replay", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let keyed = document.keyed_operations();
        keyed.iter().for_each(|_| context.consider());
        let silent: Vec<OperationRef> =
            keyed.iter().map(|(operation, _)| *operation).filter(|one| !one.documents_replay()).collect();
        let Some((first, key)) = silent.first().and_then(|first| Some((first, first.idempotency_key()?.parameter))) else {
            continue;
        };
        let message = match silent.len() {
            1 => format!("`{}` takes `{}`, and documents neither 409 nor 422", first.subject(), key.name()),
            many => format!("{many} of {} operations take `{}`, and document neither 409 nor 422", keyed.len(), key.name()),
        };
        let diagnostic = Diagnostic::new(document.subject(), message)
            .at(first.span(), "what a key that was used before gets is not said")
            .context(key.span(), "the key")
            .help(
                "\"409\": { description: The first request with this key still runs }\n\
                 \"422\": { description: The key was used for another request }",
            )
            .evidence("replay is not documented");
        found.push(spread::over(diagnostic, silent.iter().map(|operation| (operation.span(), operation.subject()))));
    }
    found
}
