//! Liveness and readiness that ask the same, with the same patience.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::ServiceRef;
use crate::model::runtime::service::Probe;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::spread::{counted, grouped};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("health/liveness-equals-readiness", check);

/// A workload with its two probes.
type Twins<'m> = (ServiceRef<'m>, &'m Probe, &'m Probe);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut twins: Vec<Twins<'_>> = Vec::new();
    for service in context.head.runtime.services().filter(|service| service.service().open.is_none()) {
        service.service().probes.iter().for_each(|_| context.consider());
        twins.extend(service.twin_probes().map(|(liveness, readiness)| (service, liveness, readiness)));
    }
    // Those of one namespace are one habit; those for a rehearsal stand apart.
    let groups = grouped(twins, |(service, ..)| (service.service().project, service.profile().is_rehearsal()));
    folded(groups.iter().filter_map(|group| report(group)).collect())
}

fn report(group: &[Twins<'_>]) -> Option<Diagnostic> {
    let (service, liveness, readiness) = group.first()?;
    let name = service.name();
    let message = match group.len() {
        1 => format!("`{name}` is restarted as soon as it is not ready: both probes ask the same"),
        many => format!(
            "`{name}` and {} are restarted as soon as they are not ready: both probes ask the same",
            counted(many - 1, "other")
        ),
    };
    let mut diagnostic = Diagnostic::new(service.subject(), message)
        .at(liveness.span, "gives up no later than the readiness probe, so a busy pod is killed, not spared")
        .cause(readiness.span, "asks the same")
        .help("failureThreshold: 10  # of the liveness probe: restart only what does not recover");
    for (other, liveness, _) in group.iter().skip(1) {
        diagnostic = diagnostic.occurrence(liveness.span, other.subject());
    }
    Some(rehearsed(diagnostic, service.profile()))
}
