//! A key that a workload takes from an object that does not have it.

use crate::diagnostic::Diagnostic;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("topology/config-key-missing", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    for service in runtime.services().filter(|service| service.service().workload.is_some()) {
        service.service().environment.iter().for_each(|_| context.consider());
    }
    let mut found = Vec::new();
    for (service, missing) in runtime.missing_keys() {
        context.consider();
        let (kind, object, key) = (missing.kind, &missing.object, &missing.key);
        let message = format!("`{}` does not start: the {kind} `{object}` has no key `{key}`", service.name());
        let has = match missing.has.as_slice() {
            [] => "it has none".to_owned(),
            keys => format!("it has {}", keys.iter().take(4).map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")),
        };
        let diagnostic = Diagnostic::new(format!("{}/{object}/{key}", service.subject()), message)
            .at(missing.span, "the container waits with CreateContainerConfigError")
            .cause(missing.object_span, has)
            .help(format!("add `{key}` to the {kind}, or say `optional: true`"));
        found.push(rehearsed(diagnostic, service.profile()));
    }
    folded(found)
}
