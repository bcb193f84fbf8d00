//! Tokens whose signature is checked with the key that makes it.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("secrets/token-signed-with-shared-key", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for keyed in context.head.runtime.token_algorithms() {
        context.consider();
        let algorithm = keyed.text.trim();
        if !["HS256", "HS384", "HS512"].iter().any(|one| one.eq_ignore_ascii_case(algorithm)) {
            continue;
        }
        let message = format!("`{}` signs tokens with a shared key ({algorithm})", keyed.key);
        let diagnostic = Diagnostic::new(format!("{}/{}", keyed.owner, keyed.key), message)
            .at(keyed.span, "every service that checks a token can also make one")
            .help("RS256 or ES256: only the issuer holds the private key")
            .evidence(algorithm.to_ascii_uppercase());
        found.push(rehearsal::lowered(diagnostic, keyed.use_for));
    }
    found
}
