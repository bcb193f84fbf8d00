//! A default that its own schema refuses.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// A default that its own schema refuses.
pub(super) const RULE: Rule = rule!("schemas/invalid-default", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        (0..document.examples().count).for_each(|_| context.consider());
        for group in document.examples().unfit_groups("default") {
            let Some((&(first, misfit), rest)) = group.split_first() else { continue };
            let message = match rest.len() {
                0 => format!("a default does not fit its schema: {}", misfit.fault),
                more => format!("{} defaults do not fit their schemas, first: {}", more + 1, misfit.fault),
            };
            let diagnostic = Diagnostic::new(format!("default {}", first.pointer), message)
                .at(misfit.span, "does not fit")
                .cause(misfit.against, "what it contradicts")
                .evidence(misfit.fault.clone());
            let places = rest.iter().map(|(one, misfit)| (misfit.span, format!("default {}", one.pointer)));
            found.push(places.fold(diagnostic, |all, (span, subject)| all.occurrence(span, subject)));
        }
    }
    found
}
