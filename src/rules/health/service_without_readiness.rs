//! Pods that get requests as soon as they have started, ready or not.

use crate::diagnostic::{Diagnostic, Occurrence, Severity};
use crate::model::runtime::service::{Front, ProbeKind};
use crate::model::runtime::{Role, ServiceRef};
use crate::rules::copies::{folded, rehearsed};
use crate::rules::habit::HABIT;
use crate::rules::spread::{counted, grouped};
use crate::rules::{Context, Fold, Rule, rule};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = rule!("health/service-without-readiness", check, Some(fold));

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

/// Folders of manifests that all lack it are one habit: whoever mends it in one place mends it in all.
fn fold(_: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    let Some(first) = found.first().filter(|_| found.len() >= HABIT) else { return Vec::new() };
    let Some(name) = first.message.split('`').nth(1) else { return Vec::new() };
    let mut said = Diagnostic::clone(first);
    for other in found.iter().skip(1) {
        said.occurrences.push(Occurrence { span: other.primary.span, subject: other.subject.clone() });
        said.occurrences.extend(other.occurrences.iter().cloned());
    }
    let subjects = said.occurrences.iter().map(|one| one.subject.as_str()).chain([said.subject.as_str()]);
    said.message = headline(name, subjects.collect::<BTreeSet<_>>().len());
    vec![Fold { which: (0..found.len()).collect(), said }]
}

/// What is said of a workload, and of `many` with the same lack.
fn headline(name: &str, many: usize) -> String {
    match many {
        1 => format!("`{name}` gets requests before it is ready: no readiness probe"),
        many => format!("`{name}` and {} get requests before they are ready: no readiness probe", counted(many - 1, "other")),
    }
}

fn report(group: &[Served<'_>]) -> Option<Diagnostic> {
    let (service, front) = group.first()?;
    let (name, kind) = (service.name(), service.service().workload.as_deref().unwrap_or("workload"));
    let port = front.asked_port().map_or("", |port| port.target.as_str());
    let names: BTreeSet<&str> = group.iter().map(|(service, _)| service.name()).collect();
    let message = headline(name, names.len());
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
