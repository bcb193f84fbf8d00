//! Operations that create, and create again when a client repeats the request.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{Create, DocumentRef, Version};
use crate::rules::{Context, Rule, rule};

/// Operations that create again when a client repeats the request.
pub(super) const RULE: Rule = rule!("idempotency/create-without-key", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let creates = document.creates();
        creates.iter().for_each(|_| context.consider());
        let has_convention = creates.iter().any(|create| create.operation.idempotency_key().is_some());
        if has_convention {
            continue;
        }
        if document.standards().idempotency.is_some() {
            let all: Vec<&Create> = creates.iter().collect();
            found.extend(report(document, &all, "a retry creates twice", "creates without key"));
            continue;
        }
        if document.promises_idempotency() {
            continue;
        }
        // A documented 409 says that the service notices a repeated request.
        let open = creates.iter().filter(|create| !create.may_conflict);
        let (sensitive, others): (Vec<&Create>, Vec<&Create>) = open.partition(|create| create.is_sensitive);
        found.extend(report(document, &sensitive, "a retry charges, books or orders twice", "sensitive creates without key"));
        let general = report(document, &others, "a retry creates twice", "creates without key");
        found.extend(general.map(|diagnostic| {
            diagnostic.at_most(
                Severity::Info,
                "nothing here moves money or stock, and the service may know a key that the document does not name",
            )
        }));
    }
    found
}

fn report(document: DocumentRef, creates: &[&Create], effect: &str, evidence: &str) -> Option<Diagnostic> {
    let first = creates.first()?.operation;
    let asked = document.standards().idempotency.as_deref();
    let name = asked.unwrap_or("Idempotency-Key");
    let message = match (creates.len(), asked) {
        (1, Some(_)) => format!("`{}` declares no `{name}`, as `[api]` asks: {effect}", first.subject()),
        (1, None) => format!("`{}` declares no idempotency key: {effect}", first.subject()),
        (many, Some(_)) => format!("{many} creating operations declare no `{name}`, as `[api]` asks"),
        (many, None) => format!("{many} creating operations declare no `{name}`: unsafe to repeat after a timeout"),
    };
    let label = match creates.len() {
        1 => "a client that saw a timeout cannot repeat this safely".to_owned(),
        _ => format!("`{}`: {effect}", first.subject()),
    };
    let mut diagnostic = Diagnostic::new(document.subject(), message)
        .at(first.span(), label)
        .help(match document.version() {
            Version::V2 => format!("- {{ name: {name}, in: header, type: string, maxLength: 255 }}"),
            _ => format!("- {{ name: {name}, in: header, schema: {{ type: string, maxLength: 255 }} }}"),
        })
        .evidence(evidence);
    for create in creates.iter().skip(1) {
        diagnostic = diagnostic.occurrence(create.operation.span(), create.operation.subject());
    }
    Some(diagnostic)
}
