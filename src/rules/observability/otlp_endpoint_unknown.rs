//! A service that sends its telemetry to a host that is nobody.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("observability/otlp-endpoint-unknown", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut last = None;
    for endpoint in context.head.runtime.telemetry_endpoints() {
        context.consider();
        if endpoint.is_known {
            continue;
        }
        let project = endpoint.service.project().map(|project| project.path().to_owned());
        let key = (project, endpoint.host.to_owned());
        // One host that is missing is one thing to mend, whoever sends to it.
        if last.as_ref() == Some(&key)
            && let Some(before) = found.pop()
        {
            found.push(before.occurrence(endpoint.span, endpoint.service.subject()));
            continue;
        }
        last = Some(key);
        let message =
            format!("`{}` sends its telemetry to `{}`, which is no service here", endpoint.service.name(), endpoint.host);
        let mut diagnostic = Diagnostic::new(format!("{}/{}", endpoint.service.subject(), endpoint.variable), message)
            .at(endpoint.span, "no service of the project has this name")
            .context(endpoint.service.span(), "traces, metrics and logs of this service are lost")
            .help(format!("{}: the name of the collector's service", endpoint.variable))
            .evidence(endpoint.host);
        let profile = endpoint.service.profile();
        if profile.is_rehearsal() {
            diagnostic = diagnostic.at_most(Severity::Info, format!("its profile is {}", profile.name()));
        }
        found.push(diagnostic);
    }
    found
}
