//! A service that waits for one that its project does not have.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::lost::LostDependency;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("topology/undefined-dependency", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    runtime.services().for_each(|service| service.service().depends_on.iter().for_each(|_| context.consider()));
    let report = |one: LostDependency<'_>| {
        let (waiter, name) = (one.waiter, &one.dependency.service);
        let project = waiter.project().map_or("", |project| project.path());
        let message = format!("`{}` waits for `{name}`, which is no service of `{project}`", waiter.name());
        let mut diagnostic = Diagnostic::new(format!("{} -> {name}", waiter.subject()), message)
            .at(one.dependency.span, "Compose refuses a project without it: nothing starts")
            .help(format!("the name of a service of `{project}`, or nothing"));
        if let Some(path) = one.elsewhere {
            diagnostic = diagnostic.at_most(Severity::Info, format!("`{path}` has such a service, and may be used with it"));
        }
        rehearsed(diagnostic, waiter.profile())
    };
    folded(runtime.lost_dependencies().into_iter().map(report).collect())
}
