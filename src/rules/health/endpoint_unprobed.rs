//! An API with an endpoint for probes, which nobody asks.

use crate::diagnostic::Diagnostic;
use crate::rules::copies::folded;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("health/endpoint-unprobed", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    for operation in context.head.api.operations().filter(|operation| operation.is_health_like()) {
        let _ = operation;
        context.consider();
    }
    let mut found = Vec::new();
    for unprobed in context.head.unprobed_endpoints() {
        let (service, operation) = (unprobed.service, unprobed.operation);
        let message = format!("nobody probes `{}`, although its API has `GET {}`", service.name(), operation.path());
        let (label, help) = match service.service().workload.is_some() {
            true => ("no probe", format!("readinessProbe: {{ httpGet: {{ path: {}, port: ... }} }}", operation.path())),
            false => (
                "no `healthcheck`",
                format!("healthcheck: {{ test: [\"CMD\", \"curl\", \"-f\", \"http://localhost:PORT{}\"] }}", operation.path()),
            ),
        };
        found.push(
            Diagnostic::new(service.subject(), message)
                .at(service.span(), label)
                .context(operation.span(), "answers whether it is well")
                .help(help)
                .join("the only application of its project, and the only document with such an endpoint"),
        );
    }
    folded(found)
}
