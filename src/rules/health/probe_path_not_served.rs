//! A probe of a path that the API does not have.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::service::Handler;
use crate::rules::copies::folded;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("health/probe-path-not-served", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    for service in context.head.runtime.services().map(|service| service.service()) {
        let probes = service.probes.iter().filter(|probe| matches!(probe.handler.known(), Some(Handler::Http(..)))).count();
        let check = service.healthcheck.known().and_then(|check| check.asked());
        (0..probes + usize::from(check.is_some())).for_each(|_| context.consider());
    }
    let mut found = Vec::new();
    for unserved in context.head.unserved_probes() {
        let (service, path) = (unserved.service, unserved.path);
        let (label, help) = match unserved.is_command {
            true => ("a 404 counts as a failure: the container never becomes healthy", String::new()),
            false => ("a 404 counts as a failure: the pod is never ready, or restarted for ever", "path: ".to_owned()),
        };
        let message = format!("`{}` is probed at `{path}`, which its API does not have", service.name());
        let documented = unserved.operation.path();
        let mut diagnostic = Diagnostic::new(service.subject(), message)
            .at(unserved.span, label)
            .cause(unserved.operation.span(), format!("it has `{documented}`"))
            .help(help + documented)
            .evidence(path)
            .join("the only application of its project, and the only document with such an endpoint");
        if !is_other_version(path, documented) {
            diagnostic = diagnostic.at_most(Severity::Info, "a server may answer for a path that its document does not have");
        }
        found.push(diagnostic);
    }
    folded(found)
}

/// Whether two paths differ in nothing but the version that a part of them names: the probe was left behind.
fn is_other_version(path: &str, other: &str) -> bool {
    let is_version = |part: &str| part.strip_prefix('v').is_some_and(|number| number.parse::<u32>().is_ok());
    let (parts, others): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), other.split('/').collect());
    let differ = parts.iter().zip(&others).filter(|(one, other)| one != other);
    parts.len() == others.len()
        && differ.clone().count() == 1
        && differ.into_iter().all(|(one, other)| is_version(one) && is_version(other))
}
