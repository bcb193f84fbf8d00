//! A liveness probe that fails when somebody else does.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::copies::{alike, folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("health/liveness-checks-dependencies", check, Some(alike));

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    for service in runtime.services() {
        service.service().probes.iter().for_each(|_| context.consider());
    }
    let mut found = Vec::new();
    for far in runtime.far_liveness_probes() {
        let (service, what) = (far.service, &far.what);
        let span = far.probe.handler.span().unwrap_or(far.probe.span);
        let message = format!("`{}` is restarted when its dependencies fail: liveness asks `{}`", service.name(), short(what));
        let mut diagnostic = Diagnostic::new(service.subject(), message)
            .at(span, format!("`{}` {}", short(what), far.asks))
            .help("liveness: a path that answers from the process alone; keep this one for `readinessProbe`")
            .evidence(what.clone());
        if !far.is_certain && !service.has_dependencies() {
            diagnostic = diagnostic.at_most(Severity::Info, "no dependency of it is seen");
        }
        found.push(rehearsed(diagnostic, service.profile()));
    }
    for far in runtime.far_liveness_groups() {
        context.consider();
        let message = format!("liveness asks `{}`: who probes it restarts the application when that one fails", far.asked);
        let diagnostic = Diagnostic::new(far.subject.clone(), message)
            .at(far.span, "a restart mends nothing that is outside of the process")
            .help("management.endpoint.health.group.liveness.include=livenessState")
            .evidence(far.asked);
        found.push(rehearsed(diagnostic, far.use_for));
    }
    folded(found)
}

/// The text, cut where it would fill a headline.
fn short(text: &str) -> String {
    match text.char_indices().nth(30) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
