//! A reference that leads nowhere.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::api::Lost;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

/// A reference that leads nowhere.
pub(super) const RULE: Rule = rule!("refs/unresolved", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut lost: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for reference in document.references() {
            context.consider();
            if let Some(why) = reference.lost() {
                lost.entry((reference.span().source, reference.text(), why)).or_default().push(reference);
            }
        }
        for ((_, text, why), references) in lost {
            let Some((first, rest)) = references.split_first() else { continue };
            let (message, label) = match why {
                Lost::NoSuchPlace => (format!("`{text}` leads nowhere"), "nothing is there"),
                Lost::NoSuchFile => (format!("`{text}` leads to a file that is not there"), "no such file"),
                Lost::Circle => (format!("`{text}` leads only back to itself"), "a circle of references, and nothing else"),
            };
            let diagnostic =
                Diagnostic::new(format!("{} {text}", document.subject()), message).at(first.span(), label).evidence(text);
            let diagnostic = rest.iter().fold(diagnostic, |all, one| all.occurrence(one.span(), one.pointer()));
            found.push(match why {
                Lost::NoSuchFile => diagnostic
                    .at_most(Severity::Warning, "a build may make the file")
                    .sure_at_most(Confidence::Medium, "only what is in the repository was looked at"),
                _ => diagnostic,
            });
        }
    }
    found
}
