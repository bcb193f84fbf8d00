//! Problem documents whose `type` is no URI reference.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::TypeFault;
use crate::rules::{Context, Rule, rule, spread};

/// Problem documents whose `type` is no URI reference.
pub(super) const RULE: Rule = rule!("errors/problem-type-not-uri", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for document in context.head.api.documents() {
        for body in document.problem_bodies() {
            context.consider();
            let Some((value, fault)) = body.odd_type() else { continue };
            if let Some(known) = found.iter_mut().find(|known| known.primary.span == value.span) {
                *known = spread::add(known.clone(), body.span(), body.subject());
                continue;
            }
            let said: String = value.value.chars().take(40).collect();
            let (message, label) = match fault {
                TypeFault::NoUri => (format!("the problem type `{said}` is no URI"), "clients that resolve it fail"),
                TypeFault::Relative => (
                    format!("the problem type `{said}` is relative to the address of the request"),
                    "names another problem below each path",
                ),
            };
            let diagnostic = Diagnostic::new(format!("{} type {said}", document.subject()), message)
                .at(value.span, label)
                .context(body.span(), body.subject())
                .help("an address of your own, such as https://api.example.com/problems/out-of-stock, or about:blank")
                .evidence(format!("type {said}"));
            found.push(match fault {
                TypeFault::NoUri => diagnostic,
                TypeFault::Relative => diagnostic.at_most(Severity::Info, "a relative reference is allowed"),
            });
        }
    }
    found
}
