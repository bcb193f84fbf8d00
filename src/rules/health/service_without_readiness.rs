//! Pods that get requests as soon as they have started, ready or not.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::service::{Front, ProbeKind};
use crate::model::runtime::{Role, ServiceRef};
use crate::rules::copies::{folded, rehearsed};
use crate::rules::spread::{counted, grouped};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = rule!("health/service-without-readiness", check);

/// A workload, and the Service that leads to it.
type Served<'m> = (ServiceRef<'m>, &'m Front);

fn check(context: &Context) -> Vec<Diagnostic> {
    let served = context.head.runtime.served_workloads().into_iter().inspect(|_| context.consider());
    let lacking = served.filter(|(service, _)| service.probes_of(ProbeKind::Readiness).next().is_none());
    // Manifests that lie side by side are mended together.
    let groups = grouped(lacking, |(service, _)| (service.set_up(), is_tool(*service)));
    folded(groups.iter().filter_map(|group| report(group)).collect())
}

fn is_tool(service: ServiceRef<'_>) -> bool {
    service.role() == Role::Tool
}

fn report(group: &[Served<'_>]) -> Option<Diagnostic> {
    let (service, front) = group.first()?;
    let (name, kind) = (service.name(), service.service().workload.as_deref().unwrap_or("workload"));
    let port = front.asked_port().map_or("", |port| port.target.as_str());
    let names: BTreeSet<&str> = group.iter().map(|(service, _)| service.name()).collect();
    let message = match names.len() {
        1 => format!("`{name}` gets requests before it is ready: no readiness probe"),
        many => format!("`{name}` and {} get requests before they are ready: no readiness probe", counted(many - 1, "other")),
    };
    let mut diagnostic = Diagnostic::new(service.subject(), message)
        .at(service.span(), format!("no container of this {kind} has a `readinessProbe`"))
        .cause(front.span, format!("`{}` sends it requests as soon as its process runs", front.name))
        .help(format!(
            "readinessProbe: {{ tcpSocket: {{ port: {port} }} }}  # or httpGet on a path that answers when it is ready"
        ));
    for (other, _) in group.iter().skip(1) {
        diagnostic = diagnostic.occurrence(other.span(), other.subject());
    }
    if is_tool(*service) {
        diagnostic = diagnostic.at_most(Severity::Info, "people and monitors ask it, and ask again");
    }
    Some(rehearsed(diagnostic, service.profile()))
}
