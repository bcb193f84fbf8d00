//! Services that wait only until a store has been started, not until it answers.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::Role;
use crate::model::runtime::startup::{Check, SetUp, StartWait};
use crate::rules::copies::rehearsed;
use crate::rules::spread::{self, counted};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = rule!("health/started-is-not-ready", check);

/// Waits of one set-up that are equally grave.
struct Group<'m> {
    is_grave: bool,
    set_up: SetUp<'m>,
    waits: Vec<StartWait<'m>>,
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut waits = context.head.runtime.start_waits();
    waits.iter().for_each(|_| context.consider());
    waits.retain(|wait| {
        let has_check = matches!(wait.target.check(), Check::Present(_));
        wait.is_for_the_start() && (wait.is_for_a_store() || has_check) && !wait.waiter.waits_by_itself()
    });
    // What else a service waits for is mended in the same place.
    let grave: BTreeSet<_> = waits.iter().filter(|wait| is_grave(wait)).map(|wait| wait.waiter.span()).collect();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for wait in waits {
        let (is_grave, set_up) = (grave.contains(&wait.waiter.span()), wait.waiter.set_up());
        match groups.iter_mut().find(|group| group.is_grave == is_grave && group.set_up == set_up) {
            Some(group) => group.waits.push(wait),
            None => groups.push(Group { is_grave, set_up, waits: vec![wait] }),
        }
    }
    groups.iter().filter_map(report).collect()
}

/// Whether the service hardly tries again, since it migrates first, or the file has a check of the store and does not use it: who
/// writes the condition out has chosen it. People ask a tool again.
fn is_grave(wait: &StartWait<'_>) -> bool {
    let has_unused_check = wait.dependency.is_short && wait.target.is_checked_here() && wait.waiter.role() != Role::Tool;
    // A cache answers as soon as it runs.
    let is_slow = wait.is_for_a_store() && !matches!(wait.target.role(), Role::Cache(_));
    is_slow && (wait.waiter.migrates_at_start() || has_unused_check)
}

fn report(group: &Group<'_>) -> Option<Diagnostic> {
    let wait = group.waits.iter().find(|wait| is_grave(wait)).or(group.waits.first())?;
    let (waiter, target) = (wait.waiter, wait.target);
    let waiters: BTreeSet<&str> = group.waits.iter().map(|one| one.waiter.name()).collect();
    let own = group.waits.iter().filter(|one| one.waiter.span() == waiter.span());
    let stores = match own.count() {
        0 | 1 => String::new(),
        many => format!(" and {}", counted(many - 1, "other")),
    };
    let message = match waiters.len() {
        1 => format!("`{}` starts before `{}`{stores} can answer: it waits for the process only", waiter.name(), target.name()),
        many => format!(
            "`{}` and {} start before `{}`{stores} can answer: they wait for the process only",
            waiter.name(),
            counted(many - 1, "other"),
            target.name()
        ),
    };
    let help = format!("depends_on: {{ {}: {{ condition: service_healthy }} }}", target.name());
    let mut diagnostic = Diagnostic::new(group.set_up.subject(), message)
        .at(wait.dependency.span, "`service_started`: the container runs, no more")
        .evidence(if group.is_grave { "does not wait" } else { "may try again" });
    diagnostic = match target.check() {
        Check::Present(span) => diagnostic.cause(span, "its health check is not waited for").help(help),
        _ => diagnostic
            .context(target.span(), "has no health check to wait for")
            .help(format!("{help}, and a `healthcheck` for it")),
    };
    let places = group.waits.iter().map(|one| (one.dependency.span, one.waiter.subject()));
    diagnostic = spread::over(diagnostic, places);
    if !group.is_grave {
        diagnostic = diagnostic.at_most(Severity::Info, "the service may try again until the other one answers");
    }
    Some(rehearsed(diagnostic, waiter.profile()))
}
