//! Liveness and readiness that ask the same, with the same patience.

use crate::diagnostic::Diagnostic;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("health/liveness-equals-readiness", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for service in context.head.runtime.services().filter(|service| service.service().open.is_none()) {
        service.service().probes.iter().for_each(|_| context.consider());
        let Some((liveness, readiness)) = service.twin_probes() else { continue };
        let message = format!("`{}` is restarted as soon as it is not ready: both probes ask the same", service.name());
        let diagnostic = Diagnostic::new(service.subject(), message)
            .at(liveness.span, "gives up no later than the readiness probe, so a busy pod is killed, not spared")
            .cause(readiness.span, "asks the same")
            .help("failureThreshold: 10  # of the liveness probe: restart only what does not recover");
        found.push(rehearsed(diagnostic, service.profile()));
    }
    folded(found)
}
