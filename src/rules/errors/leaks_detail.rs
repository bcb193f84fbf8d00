//! Error bodies with a field for what only those who run the service should see.

use crate::diagnostic::Diagnostic;
use crate::model::api::Leak;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("errors/leaks-detail", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Leak> = Vec::new();
    for document in context.head.api.documents() {
        let (leaks, bodies) = document.leaks();
        (0..bodies).for_each(|_| context.consider());
        // Documents may share the file in which it stands.
        for leak in leaks {
            if !found.iter().any(|known| known.property.span == leak.property.span) {
                found.push(leak);
            }
        }
    }
    found.iter().map(report).collect()
}

fn report(leak: &Leak) -> Diagnostic {
    let name = leak.property.name;
    let subject = format!("{} error {name}", leak.operation.subject());
    Diagnostic::new(subject, format!("errors of `{}` tell clients the `{name}` of the service", leak.operation.subject()))
        .at(leak.property.span, "who attacks the service reads it first")
        .help("log it, and give clients an id by which it is found in the log")
        .evidence(name)
}
