//! A gateway whose access log is text for people.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::phrases;
use crate::model::runtime::route::Gateway;
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("observability/access-log-unstructured", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let places: Vec<_> = runtime
        .gateways()
        .enumerate()
        .filter(|(_, gateway)| !gateway.profile.is_rehearsal())
        .filter_map(|(at, gateway)| {
            let log = gateway.access_log.known()?;
            let span = log.span.or_else(|| runtime.routes().find(|route| route.gateway == at).map(|route| route.pass_span))?;
            context.consider();
            (!log.is_structured).then_some((gateway, span))
        })
        .collect();
    // One finding for a repository: who changes one gateway changes them all.
    let Some((gateway, span)) = places.first() else { return Vec::new() };
    let diagnostic = Diagnostic::new("access log", format!("`{}` logs requests as text, not as records", gateway.path))
        .at(*span, "fields without names: each reader of the log needs a pattern of its own")
        .help(help(gateway))
        .evidence("text log");
    vec![over(diagnostic, places.iter().map(|(gateway, span)| (*span, gateway.path.clone())))]
}

fn help(gateway: &Gateway) -> &'static str {
    phrases::phrase(gateway.product.0, "records").unwrap_or("a JSON format for the access log")
}
