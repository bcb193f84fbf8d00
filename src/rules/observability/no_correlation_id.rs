//! A gateway that passes requests on without an id by which they can be followed.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::phrases;
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("observability/no-correlation-id", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let places: Vec<_> = runtime
        .gateways()
        .enumerate()
        .filter(|(_, gateway)| !gateway.profile.is_rehearsal() && gateway.correlation.unknown().is_none())
        .filter_map(|(at, gateway)| {
            let first = runtime.routes().find(|route| route.gateway == at && route.module != "tcp")?;
            context.consider();
            gateway.correlation.known_absent().then_some((gateway, first.pass_span))
        })
        .collect();
    let Some((gateway, span)) = places.first() else { return Vec::new() };
    let help = phrases::phrase(gateway.product.0, "correlation").unwrap_or("pass X-Request-Id on");
    let diagnostic =
        Diagnostic::new("correlation id", format!("`{}` gives requests no id that services could log", gateway.path))
            .at(*span, "neither `X-Request-Id` nor `traceparent` is passed on")
            .help(help)
            .evidence("no correlation id");
    vec![over(diagnostic, places.iter().map(|(gateway, span)| (*span, gateway.path.clone())))]
}
