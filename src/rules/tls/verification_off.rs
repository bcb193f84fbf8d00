//! A service that takes every certificate for the right one.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("tls/verification-off", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (service, text, span) in context.head.runtime.certificate_checks() {
        context.consider();
        if text != "0" || service.profile().is_rehearsal() {
            continue;
        }
        let key = "NODE_TLS_REJECT_UNAUTHORIZED";
        let message = format!("`{key}=0` makes `{}` take every certificate for the right one", service.name());
        let diagnostic = Diagnostic::new(format!("{}/{key}", service.subject()), message)
            .at(span, "whoever stands in between reads and changes all that it sends")
            .help("trust the authority instead: NODE_EXTRA_CA_CERTS=/etc/ssl/authority.pem")
            .evidence(key);
        found.push(diagnostic);
    }
    found
}
