//! A document that declares an idempotency key on some creating operations and forgot others of the same kind.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{Create, DocumentRef};
use crate::rules::{Context, Rule, rule};

/// Creating operations without the idempotency key that others of their kind declare.
pub(super) const RULE: Rule = rule!("idempotency/inconsistent-key", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let creates = document.creates();
        let (with_key, without): (Vec<Create>, Vec<Create>) =
            creates.iter().partition(|create| create.operation.idempotency_key().is_some());
        if with_key.is_empty() {
            continue;
        }
        creates.iter().for_each(|_| context.consider());
        // Where only payments and the like declare the key, only their kind is expected to; unless it is asked of all.
        let asked = document.standards().idempotency.is_some();
        let only_sensitive = !asked && with_key.iter().all(|create| create.is_sensitive);
        let missing: Vec<Create> = without.into_iter().filter(|create| create.is_sensitive || !only_sensitive).collect();
        found.extend(report(document, &with_key, &missing));
    }
    found
}

fn report(document: DocumentRef, with_key: &[Create], missing: &[Create]) -> Option<Diagnostic> {
    let (first, example) = (missing.first()?.operation, with_key.first()?.operation);
    let key = example.idempotency_key()?.parameter;
    let asked = document.standards().idempotency.as_deref();
    let (name, all) = (asked.unwrap_or(key.name()), with_key.len() + missing.len());
    let place = asked.map_or(key.location().name(), |_| "header");
    let message = match missing.len() {
        1 => format!("`{}` lacks the `{name}` that other creating operations declare", first.subject()),
        many => format!("{many} of {all} creating operations lack the `{name}` that the others declare"),
    };
    // What leads to the shared parameter from this file can be typed again in it.
    let is_near = key.name() == name && key.written_span().source == first.span().source;
    let help = match key.written_reference().filter(|_| is_near) {
        Some(reference) => format!("- $ref: \"{reference}\""),
        None => format!("- {{ name: {name}, in: {place}, schema: {{ type: string }} }}"),
    };
    let mut diagnostic = Diagnostic::new(document.subject(), message)
        .at(first.span(), format!("declares no `{name}`"))
        .context(key.written_span(), format!("`{}` declares it here", example.subject()))
        .help(help)
        .evidence(format!("{name} on some creates"));
    for create in missing.iter().skip(1) {
        diagnostic = diagnostic.occurrence(create.operation.span(), create.operation.subject());
    }
    match missing.len() > with_key.len() && asked.is_none() {
        true => Some(diagnostic.at_most(Severity::Info, "most creating operations do without")),
        false => Some(diagnostic),
    }
}
