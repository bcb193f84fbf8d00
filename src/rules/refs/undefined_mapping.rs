//! A discriminator value that is mapped to no schema.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::api::{Lost, Unmapped};
use crate::rules::{Context, Rule, rule};

/// A discriminator value that is mapped to no schema.
pub(super) const RULE: Rule = rule!("refs/undefined-mapping", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        for part in document.discriminated() {
            context.consider();
            for one in part.lost_mapping() {
                let target = one.target.value;
                let value = one.key.map_or("any other value".to_owned(), |key| format!("`{key}`"));
                let (what, label) = match &one.why {
                    Unmapped::NoSuchName => ("no schema".to_owned(), "nothing of this name is there"),
                    Unmapped::Nowhere(Lost::NoSuchFile) => ("a file that is not there".to_owned(), "no such file"),
                    Unmapped::Nowhere(_) => ("no schema".to_owned(), "nothing is there"),
                    Unmapped::OtherKind(kind) => (format!("a {kind} and no schema"), "must lead to a schema"),
                };
                let message = format!("{value} is mapped to `{target}`, which is {what}");
                let diagnostic = Diagnostic::new(format!("{} {}", part.subject(), one.key.unwrap_or("defaultMapping")), message)
                    .at(one.target.span, label)
                    .evidence(target);
                found.push(match one.why {
                    Unmapped::Nowhere(Lost::NoSuchFile) => diagnostic
                        .at_most(Severity::Warning, "a build may make the file")
                        .sure_at_most(Confidence::Medium, "only what is in the repository was looked at"),
                    _ => diagnostic,
                });
            }
        }
    }
    found
}
