//! A service that waits until another one is healthy, which has no health check.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::startup::Check;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("health/compose-condition-without-check", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for wait in context.head.runtime.start_waits() {
        if wait.dependency.condition != "service_healthy" {
            continue;
        }
        context.consider();
        let (waiter, target) = (wait.waiter, wait.target);
        let check = target.check();
        let message = match check {
            Check::Present(_) => continue,
            Check::None => {
                format!("`{}` never starts: it waits for `{}` to be healthy, which has no check", waiter.name(), target.name())
            }
            Check::Unknown => {
                format!(
                    "`{}` waits for `{}` to be healthy, and no check of it is in the repository",
                    waiter.name(),
                    target.name()
                )
            }
        };
        let diagnostic = Diagnostic::new(format!("{} -> {}", waiter.subject(), target.subject()), message)
            .at(wait.dependency.span, "`service_healthy` needs a health check")
            .cause(target.span(), "no `healthcheck` here")
            .help(format!(
                "under `{}`: healthcheck: {{ test: [\"CMD-SHELL\", \"...\"], interval: 5s, retries: 10 }}",
                target.name()
            ));
        let diagnostic = match check {
            Check::Unknown => diagnostic.at_most(Severity::Info, "its image may carry a check"),
            _ => diagnostic,
        };
        found.push(rehearsed(diagnostic, waiter.profile()));
    }
    folded(found)
}
