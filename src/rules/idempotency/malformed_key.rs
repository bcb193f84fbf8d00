//! Idempotency keys that are no text, or whose length nothing bounds.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Rule, rule, spread};

/// Idempotency keys that are no text, or whose length nothing bounds.
pub(super) const RULE: Rule = rule!("idempotency/malformed-key", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for document in context.head.api.documents() {
        for (operation, key) in document.keyed_operations() {
            context.consider();
            let (name, span) = (key.parameter.name(), key.parameter.span());
            let wrong = key.wrong_type();
            if wrong.is_none() && key.is_bounded() {
                continue;
            }
            let evidence = wrong.map_or(format!("{name} without bound"), |kind| format!("{name} is {kind}"));
            let same =
                |known: &&mut Diagnostic| known.evidence.contains(&evidence) && known.subject.starts_with(&document.subject());
            if let Some(known) = found.iter_mut().find(same) {
                let place = if known.primary.span == span { operation.span() } else { span };
                *known = spread::add(known.clone(), place, operation.subject());
                continue;
            }
            let subject = format!("{} {name}", document.subject());
            let diagnostic = match wrong {
                Some(kind) => {
                    Diagnostic::new(subject, format!("the key `{name}` is of type `{kind}`, but clients make unique text"))
                        .at(span, "cannot take a UUID")
                }
                None => Diagnostic::new(subject, format!("the key `{name}` may have any length, and every one is stored"))
                    .at(span, "no `maxLength`, `pattern` or `format`")
                    .at_most(Severity::Info, "servers bound headers themselves"),
            };
            found.push(diagnostic.help("schema: { type: string, minLength: 1, maxLength: 255 }").evidence(evidence));
        }
    }
    found
}
