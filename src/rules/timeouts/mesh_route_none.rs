//! A route of a mesh whose requests may take for ever.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::copies::{folded, rehearsed};
use crate::rules::spread::grouped;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("timeouts/mesh-route-none", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let routes = runtime.mesh_routes().inspect(|_| context.consider()).filter(|route| runtime.is_endless_by_default(route));
    let by_gateway = grouped(routes, |route| route.gateway);
    let found = by_gateway.iter().filter_map(|group| {
        let retried = group.iter().find_map(|route| Some((*route, route.retry.known()?, route.retry.span()?)));
        let first = retried.map(|(route, ..)| route).or(group.first().copied())?;
        let mut diagnostic = Diagnostic::new(first.name.clone(), format!("`{}` waits for ever: it has no `timeout`", first.name))
            .at(first.pass_span, "Istio has no timeout by default")
            .help("timeout: 10s");
        diagnostic = match retried {
            Some((_, retry, span)) => diagnostic
                .cause(span, format!("and {} retries share no limit", retry.attempts.map_or("its".into(), |n| n.to_string()))),
            None => diagnostic.at_most(Severity::Info, "its clients may have a limit of their own"),
        };
        for other in group.iter().filter(|route| !std::ptr::eq(**route, first)) {
            diagnostic = diagnostic.occurrence(other.pass_span, other.name.clone());
        }
        Some(rehearsed(diagnostic, runtime.gateway_profile(first)))
    });
    folded(found.collect())
}
