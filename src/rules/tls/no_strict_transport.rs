//! A gateway that speaks TLS and does not tell browsers to keep to it.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::phrases;
use crate::model::runtime::route::Listener;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("tls/no-strict-transport", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for gateway in context.head.runtime.gateways().filter(|gateway| !gateway.profile.is_rehearsal()) {
        let listeners: &[Listener] = gateway.listeners.known().map_or(&[], Vec::as_slice);
        let encrypted: Vec<&Listener> = listeners.iter().filter(|one| one.is_encrypted && !one.redirects).collect();
        encrypted.iter().for_each(|_| context.consider());
        let plain: Vec<&&Listener> = encrypted.iter().filter(|one| one.strict_transport.known_absent()).collect();
        // One that sets it shows that the others go without on purpose, or have it from behind.
        let (Some(first), true) = (plain.first(), plain.len() == encrypted.len()) else { continue };
        let Some(help) = phrases::of(gateway, "strict_transport") else { continue };
        let message = format!("`{}` never sends `Strict-Transport-Security`", gateway.path);
        let diagnostic = Diagnostic::new(format!("{}/strict transport", gateway.path), message)
            .at(first.span, "TLS, and browsers are not told to keep to it")
            .help(help)
            .evidence("no strict transport");
        found.push(diagnostic);
    }
    found
}
