//! Pods that get requests as soon as they have started, ready or not.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::service::ProbeKind;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("health/service-without-readiness", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (service, front) in context.head.runtime.served_workloads() {
        context.consider();
        if service.probes_of(ProbeKind::Readiness).next().is_some() {
            continue;
        }
        let (name, kind) = (service.name(), service.service().workload.as_deref().unwrap_or("workload"));
        let port = front.ports.first().map_or("", |port| port.target.as_str());
        let diagnostic =
            Diagnostic::new(service.subject(), format!("`{name}` gets requests before it is ready: no readiness probe"))
                .at(service.span(), format!("no container of this {kind} has a `readinessProbe`"))
                .cause(front.span, format!("`{}` sends it requests as soon as its process runs", front.name))
                .help(format!(
                    "readinessProbe: {{ tcpSocket: {{ port: {port} }} }}  # or httpGet on a path that answers when it is ready"
                ));
        found.push(rehearsed(diagnostic, service.profile()));
    }
    folded(found)
}
