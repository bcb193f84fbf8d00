//! Services that wait until another one is healthy, which has no health check.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::startup::{Check, StartWait};
use crate::rules::copies::{folded, rehearsed};
use crate::rules::spread::counted;
use crate::rules::{Context, Rule, rule};
use std::collections::HashMap;

pub(super) const RULE: Rule = rule!("health/compose-condition-without-check", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    // What is missing is missing once, however many wait for it; in a rehearsal it weighs less.
    let mut by_target: Vec<Vec<StartWait<'_>>> = Vec::new();
    let mut places = HashMap::new();
    for wait in context.head.runtime.start_waits() {
        if wait.dependency.condition != "service_healthy" {
            continue;
        }
        context.consider();
        if matches!(wait.target.check(), Check::Present(_)) {
            continue;
        }
        let next = by_target.len();
        let at = *places.entry((wait.target.span(), wait.waiter.profile().is_rehearsal())).or_insert(next);
        match by_target.get_mut(at) {
            Some(group) => group.push(wait),
            None => by_target.push(vec![wait]),
        }
    }
    folded(by_target.iter().filter_map(|group| report(group)).collect())
}

fn report(group: &[StartWait<'_>]) -> Option<Diagnostic> {
    let wait = group.first()?;
    let (waiter, target) = (wait.waiter, wait.target);
    let (who, wait_words, start_words) = match group.len() {
        1 => (format!("`{}`", waiter.name()), "waits", "it waits"),
        many => (format!("`{}` and {}", waiter.name(), counted(many - 1, "other")), "wait", "they wait"),
    };
    let is_unknown = target.check() == Check::Unknown;
    let message = match (is_unknown, group.len()) {
        (true, _) => format!("{who} {wait_words} for `{}` to be healthy, and no check of it is in the repository", target.name()),
        (false, 1) => format!("{who} never starts: {start_words} for `{}` to be healthy, which has no check", target.name()),
        (false, _) => format!("{who} never start: {start_words} for `{}` to be healthy, which has no check", target.name()),
    };
    let mut diagnostic = Diagnostic::new(format!("{} waited for", target.subject()), message)
        .at(wait.dependency.span, "`service_healthy` needs a health check")
        .cause(target.span(), "no `healthcheck` here")
        .help(format!("under `{}`: healthcheck: {{ test: [\"CMD-SHELL\", \"...\"], interval: 5s, retries: 10 }}", target.name()));
    for other in group.iter().skip(1) {
        diagnostic = diagnostic.occurrence(other.dependency.span, other.waiter.subject());
    }
    if is_unknown {
        diagnostic = diagnostic.at_most(Severity::Info, "its image may carry a check");
    }
    Some(rehearsed(diagnostic, waiter.profile()))
}
