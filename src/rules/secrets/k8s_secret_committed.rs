//! A Secret of Kubernetes whose values stand in the repository.

use crate::diagnostic::{Diagnostic, Occurrence};
use crate::rules::copies::folded;
use crate::rules::habit::HABIT;
use crate::rules::{Context, Fold, Rule, rule};

pub(super) const RULE: Rule = rule!("secrets/k8s-secret-committed", check, Some(fold));

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    for service in runtime.services() {
        service.service().environment.iter().for_each(|_| context.consider());
    }
    let mut found = Vec::new();
    for secret in runtime.committed_secrets() {
        context.consider();
        let Some((key, span)) = secret.keys.first().filter(|_| !secret.profile.is_rehearsal()) else { continue };
        let more = match secret.keys.len() {
            1 => String::new(),
            many => format!(" and {} more", many - 1),
        };
        let message = format!("the Secret `{}` keeps `{key}`{more} in the repository", secret.name);
        let mut diagnostic = Diagnostic::new(format!("secret {}", secret.name), message)
            .at(*span, "base64 is no encryption: everybody who can read the repository has it")
            .help(
                "replace it by an ExternalSecret, a SealedSecret or a file of SOPS, and change the value: it is in the history",
            );
        for (key, span) in secret.keys.iter().skip(1) {
            diagnostic = diagnostic.occurrence(*span, format!("secret {}/{key}", secret.name));
        }
        found.push(diagnostic);
    }
    folded(found)
}

/// Many Secrets that keep what they hold are one habit: whoever takes up a way to keep it elsewhere takes it up for all.
fn fold(_: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    let Some(first) = found.first().filter(|_| found.len() >= HABIT) else { return Vec::new() };
    let mut said = Diagnostic::clone(first);
    said.message = format!("{}, and {} others keep theirs", said.message, found.len() - 1);
    for other in found.iter().skip(1) {
        said.occurrences.push(Occurrence { span: other.primary.span, subject: other.subject.clone() });
        said.occurrences.extend(other.occurrences.iter().cloned());
    }
    vec![Fold { which: (0..found.len()).collect(), said }]
}
