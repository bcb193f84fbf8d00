//! A gateway that passes an API on with every wait left to its product's defaults.

use crate::diagnostic::{Confidence, Diagnostic};
use crate::model::runtime::Role;
use crate::model::runtime::phrases;
use crate::model::runtime::route::{PathMatch, Route};
use crate::rules::passages::rehearsed;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("timeouts/gateway-defaults", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let apis = context.head.routed_apis();
    runtime.gateways().for_each(|_| context.consider());
    let mut found = Vec::new();
    for (gateway, routes) in runtime.unset_waits() {
        let documented =
            |route: &Route| apis.iter().any(|api| std::ptr::eq(api.route, route) && api.confidence >= Confidence::Medium);
        let named = |route: &Route| match route.path.known() {
            Some(PathMatch::Prefix(path) | PathMatch::Segments(path) | PathMatch::Exact(path)) => {
                path.split('/').any(|part| part == "api")
            }
            _ => false,
        };
        let built = |route: &Route| {
            let mut behind = runtime.edges().filter(|edge| std::ptr::eq(edge.route(), route)).filter_map(|edge| edge.target());
            behind.any(|service| service.role() == Role::Application)
        };
        let Some(first) = routes.iter().copied().find(|route| documented(route) || named(route) || built(route)) else {
            continue;
        };
        let message = format!("`{}` passes an API on with every timeout left to {}", gateway.path, gateway.product);
        let diagnostic = Diagnostic::new(format!("{}/timeouts", gateway.path), message)
            .at(first.pass_span, "60 s to connect, to send and to read: longer than a client waits")
            .help(phrases::said(gateway, first, "all_waits", &[]).unwrap_or_default())
            .evidence("no timeout");
        found.push(rehearsed(diagnostic, gateway.profile));
    }
    found
}
