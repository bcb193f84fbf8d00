//! An access token that is good for longer than a day's work needs.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::timeout::shown;
use crate::rules::{Context, Rule, rehearsal, rule};
use std::time::Duration;

pub(super) const RULE: Rule = rule!("secrets/token-lives-long", check);

/// Guides ask for 15 to 60 minutes.
const LONG: Duration = Duration::from_secs(3600);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for token in context.head.runtime.token_lifetimes() {
        context.consider();
        if token.lifetime <= LONG {
            continue;
        }
        let keyed = token.keyed;
        let message = format!("`{}` lets an access token live for {}", keyed.key, shown(token.lifetime));
        let diagnostic = Diagnostic::new(format!("{}/{}", keyed.owner, keyed.key), message)
            .at(keyed.span, "a token that is stolen cannot be called back, and is good until then")
            .help("15 to 60 minutes, and a refresh token that can be revoked")
            .evidence("token lifetime");
        found.push(rehearsal::lowered(diagnostic, keyed.use_for));
    }
    found
}
