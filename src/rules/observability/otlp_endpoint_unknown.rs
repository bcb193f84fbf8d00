//! A service that sends its telemetry to a host that is nobody.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::collector::Lost;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("observability/otlp-endpoint-unknown", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut last = None;
    for endpoint in context.head.runtime.telemetry_endpoints() {
        context.consider();
        let Some(lost) = endpoint.lost else { continue };
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
        let which = match lost {
            Lost::Elsewhere(namespace) => format!("which is in namespace `{namespace}`"),
            _ => "which is no service here".to_owned(),
        };
        let message = format!("`{}` sends its telemetry to `{}`, {which}", endpoint.service.name(), endpoint.host);
        let label = match lost {
            Lost::Elsewhere(_) => "a name without a namespace means the sender's own".to_owned(),
            Lost::Other { .. } | Lost::Unseen => "no Service of the namespace has this name".to_owned(),
            Lost::Nobody => "no service of the project has this name".to_owned(),
        };
        let mut diagnostic = Diagnostic::new(format!("{}/{}", endpoint.service.subject(), endpoint.variable), message)
            .at(endpoint.span, label)
            .context(endpoint.service.span(), "traces, metrics and logs of this service are lost")
            .evidence(endpoint.host);
        diagnostic = match lost {
            Lost::Elsewhere(namespace) => diagnostic.help(endpoint.with_host(&format!("{}.{namespace}", endpoint.host))),
            Lost::Other { service, host } => {
                diagnostic.context(service.span(), "this one is here").help(endpoint.with_host(host))
            }
            Lost::Nobody | Lost::Unseen => diagnostic.help(format!("{}: the name of the collector's service", endpoint.variable)),
        };
        if matches!(lost, Lost::Unseen) {
            diagnostic = diagnostic.at_most(Severity::Info, "what else runs in its namespace is not known");
        }
        let profile = endpoint.service.profile();
        if profile.is_rehearsal() {
            diagnostic = diagnostic.at_most(Severity::Info, format!("its profile is {}", profile.name()));
        }
        found.push(diagnostic);
    }
    found
}
