//! `info.version` is no semantic version.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// `info.version` is no semantic version.
pub(super) const RULE: Rule = rule!("versioning/version-not-semantic", check);

/// Whether it is `1.2` or `1.2.3`, perhaps with a stage or a build: `1.2.3-rc.1+5`.
fn is_semantic(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or("");
    let parts: Vec<&str> = core.split('.').collect();
    let number = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    matches!(parts.len(), 2 | 3) && parts.iter().all(number)
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let Some(version) = document.info().and_then(|info| info.text("version")) else { continue };
        context.consider();
        if is_semantic(version.value) {
            continue;
        }
        let message = format!("version `{}` is not semantic", version.value);
        let diagnostic = Diagnostic::new(format!("{} info.version", document.subject()), message)
            .at(version.span, "must be two or three numbers: `1.4.0`")
            .help("version: \"1.0.0\"")
            .evidence("version is not semantic");
        found.push(diagnostic);
    }
    found
}
