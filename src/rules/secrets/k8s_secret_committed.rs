//! A Secret of Kubernetes whose values stand in the repository.

use super::habits;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::Profile;
use crate::rules::copies::folded;
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
        if secret.is_remarked {
            diagnostic = diagnostic.at_most(Severity::Info, "a comment beside it says that it is no real one");
        }
        if secret.is_weak && secret.profile != Profile::Production {
            let why = "its values are words that everybody uses, as in manifests for a cluster of one's own";
            diagnostic = diagnostic.at_most(Severity::Info, why);
        }
        found.push(diagnostic);
    }
    folded(found)
}

/// Many Secrets that keep what they hold are one habit: whoever takes up a way to keep it elsewhere takes it up for all.
fn fold(_: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    habits(found, |said, others| {
        said.message = format!("{}, and {} others keep theirs", said.message, others.len());
    })
}
