//! A probe of a path that the API does not have.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::service::Handler;
use crate::rules::copies::folded;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("health/probe-path-not-served", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    for probe in context.head.runtime.services().flat_map(|service| &service.service().probes) {
        if matches!(probe.handler.known(), Some(Handler::Http(..))) {
            context.consider();
        }
    }
    let mut found = Vec::new();
    for unserved in context.head.unserved_probes() {
        let (service, path) = (unserved.service, unserved.path);
        let message = format!("`{}` is probed at `{path}`, which its API does not have", service.name());
        found.push(
            Diagnostic::new(service.subject(), message)
                .at(unserved.span, "a 404 counts as a failure: the pod is never ready, or restarted for ever")
                .cause(unserved.operation.span(), format!("it has `{}`", unserved.operation.path()))
                .help(format!("path: {}", unserved.operation.path()))
                .evidence(path)
                .join("the only application of its project, and the only document with such an endpoint"),
        );
    }
    folded(found)
}
