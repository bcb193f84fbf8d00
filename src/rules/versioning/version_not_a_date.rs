//! `info.version` is no date.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// `info.version` is no date.
pub(super) const RULE: Rule = rule!("versioning/version-not-a-date", check);

/// Whether it is `2027-01-31`, perhaps with a stage: `2027-01-31-preview`.
fn is_date(version: &str) -> bool {
    let form = |(at, c): (usize, char)| if matches!(at, 4 | 7) { c == '-' } else { c.is_ascii_digit() };
    let (date, stage) = (version.chars().take(10), version.chars().nth(10));
    version.chars().count() >= 10 && date.enumerate().all(form) && stage.is_none_or(|next| next == '-')
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let Some(version) = document.info().and_then(|info| info.text("version")) else { continue };
        context.consider();
        if is_date(version.value) {
            continue;
        }
        let message = format!("version `{}` is not a date", version.value);
        let diagnostic = Diagnostic::new(format!("{} info.version", document.subject()), message)
            .at(version.span, "must be the day of its release: `2027-01-31`, or `2027-01-31-preview`")
            .help("version: \"2027-01-31\"")
            .evidence("version is no date");
        found.push(diagnostic);
    }
    found
}
