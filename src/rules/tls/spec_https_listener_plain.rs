//! A document that promises https at a host for which the gateway has no TLS.

use crate::diagnostic::Diagnostic;
use crate::model::api::ServerRef;
use crate::model::runtime::route::{Gateway, Listener};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("tls/spec-https-listener-plain", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let gateways: Vec<&Gateway> = context.head.runtime.gateways().filter(|gateway| !gateway.profile.is_rehearsal()).collect();
    let known = gateways.iter().flat_map(|gateway| gateway.listeners.known().into_iter().flatten());
    let listeners: Vec<&Listener> = known.collect();
    let all_known = gateways.iter().all(|gateway| gateway.listeners.known().is_some());
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        for server in document.servers() {
            let Some(host) = secure_host(&server) else { continue };
            let own: Vec<&&Listener> = listeners.iter().filter(|one| one.names.iter().any(|name| name == host)).collect();
            let Some(first) = own.first() else { continue };
            context.consider();
            let ends_tls = own.iter().any(|one| one.is_encrypted || one.redirects);
            // A listener without a name takes every host.
            let elsewhere = listeners.iter().any(|one| one.is_encrypted && one.names.is_empty());
            if ends_tls || elsewhere || !all_known {
                continue;
            }
            let message = format!("the document says `https://{host}`, and the gateway listens there without TLS");
            let diagnostic = Diagnostic::new(format!("{} {host}/tls", document.subject()), message)
                .at(first.span, "plain HTTP")
                .cause(server.span, "https is promised here")
                .help("end TLS here, or say what ends it in front")
                .evidence("plain listener");
            found.push(diagnostic);
        }
    }
    found
}

fn secure_host<'s>(server: &'s ServerRef<'_>) -> Option<&'s str> {
    let rest = server.url.strip_prefix("https://")?;
    let host = rest.split(['/', ':', '?']).next()?;
    (!host.contains('{') && !server.is_within_own_network()).then_some(host)
}
