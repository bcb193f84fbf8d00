//! Problem documents whose schema forbids members of one's own.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule, spread};

/// Problem documents whose schema forbids members of one's own.
pub(super) const RULE: Rule = rule!("errors/closed-problem-schema", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for document in context.head.api.documents() {
        for body in document.problem_bodies() {
            context.consider();
            let Some(span) = body.forbids_extensions() else { continue };
            if let Some(known) = found.iter_mut().find(|known| known.primary.span == span) {
                *known = spread::add(known.clone(), body.span(), body.subject());
                continue;
            }
            let name = match body.component() {
                Some((name, _)) => format!("`{name}`"),
                None => format!("the body of `{}`", body.subject()),
            };
            found.push(
                Diagnostic::new(
                    format!("{} closed {name}", document.subject()),
                    format!("{name} forbids members of its own, which RFC 9457 lets every problem have"),
                )
                .at(span, "the first problem with a member of its own breaks clients that validate")
                .context(body.span(), body.subject())
                .help("additionalProperties: true")
                .evidence("closed problem document"),
            );
        }
    }
    found
}
