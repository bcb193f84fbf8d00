//! A service that waits only until a store has been started, not until it answers.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::startup::{Check, StartWait};
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("health/started-is-not-ready", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut by_waiter: Vec<Vec<StartWait<'_>>> = Vec::new();
    for wait in context.head.runtime.start_waits() {
        context.consider();
        let has_check = matches!(wait.target.check(), Check::Present(_));
        if !wait.is_for_the_start() || !(wait.is_for_a_store() || has_check) {
            continue;
        }
        match by_waiter.last_mut().filter(|group| group.iter().any(|one| one.waiter.span() == wait.waiter.span())) {
            Some(group) => group.push(wait),
            None => by_waiter.push(vec![wait]),
        }
    }
    folded(by_waiter.iter().filter_map(|group| report(group)).collect())
}

fn report(group: &[StartWait<'_>]) -> Option<Diagnostic> {
    let wait = group.first()?;
    let (waiter, target) = (wait.waiter, wait.target);
    let others = match group.len() {
        1 => String::new(),
        2 => " and 1 other".to_owned(),
        more => format!(" and {} others", more - 1),
    };
    let message =
        format!("`{}` starts before `{}`{others} can answer: it waits for the process only", waiter.name(), target.name());
    let help = format!("depends_on: {{ {}: {{ condition: service_healthy }} }}", target.name());
    let mut diagnostic =
        Diagnostic::new(waiter.subject(), message).at(wait.dependency.span, "`service_started`: the container runs, no more");
    diagnostic = match target.check() {
        Check::Present(span) => diagnostic.cause(span, "its health check is not waited for").help(help),
        _ => diagnostic
            .context(target.span(), "has no health check to wait for")
            .help(format!("{help}, and a `healthcheck` for it")),
    };
    for other in group.iter().skip(1) {
        diagnostic = diagnostic.occurrence(other.dependency.span, waiter.subject());
    }
    let migrates = waiter.migrates_at_start() && group.iter().any(StartWait::is_for_a_store);
    if !migrates {
        diagnostic = diagnostic.at_most(Severity::Info, "the service may try again until the other one answers");
    }
    Some(rehearsed(diagnostic, waiter.profile()))
}
