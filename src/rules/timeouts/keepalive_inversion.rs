//! A service that closes idle connections before its gateway does.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::keepalive::StaleConnection;
use crate::model::runtime::timeout::shown;
use crate::rules::passages::rehearsed;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = rule!("timeouts/keepalive-inversion", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for kept in context.head.runtime.kept_connections() {
        context.consider();
        if kept.is_inverted() && seen.insert((kept.service.span(), kept.edge.route().gateway)) {
            found.push(rehearsed(report(&kept), kept.edge.profile()));
        }
    }
    found
}

fn report(kept: &StaleConnection<'_>) -> Diagnostic {
    let (name, length) = (kept.service.name(), shown(kept.kept.length));
    let gateway = kept.gateway.after.map_or("for ever".to_owned(), |after| format!("for {}", shown(after)));
    let product = kept.edge.product();
    let wanted = kept.gateway.after.map_or(75, |after| after.as_secs() + 15);
    let span = kept.kept_origin.span().unwrap_or(kept.service.span());
    let mut diagnostic = Diagnostic::new(
        format!("service {name}/keep-alive"),
        format!("`{name}` closes idle connections after {length}, and {product} keeps them {gateway}"),
    )
    .at(span, "a request on a connection that was just closed becomes a 502")
    .cause(kept.gateway_origin.span().unwrap_or(kept.edge.pass_span()), format!("kept {gateway} here"))
    .help(format!("{} {wanted}", kept.kept.setting))
    .join(kept.edge.why())
    .evidence(kept.kept.setting.clone());
    if kept.kept_origin.is_default() {
        diagnostic = diagnostic.at_most(Severity::Info, "it is the default of the server, which versions change");
    }
    if !kept.edge.is_structural() {
        diagnostic = diagnostic.at_most(Severity::Info, "gateway and service are joined by name alone");
    }
    diagnostic
}
