//! Services that wait only until a store has been started, not until it answers.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::Role;
use crate::model::runtime::startup::{Check, StartWait};
use crate::rules::copies::rehearsed;
use crate::rules::spread::{self, counted, grouped};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = rule!("health/started-is-not-ready", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut waits = context.head.runtime.start_waits();
    waits.iter().for_each(|_| context.consider());
    waits.retain(|wait| {
        let has_check = matches!(wait.target.check(), Check::Present(_));
        wait.is_for_the_start() && (wait.is_for_a_store() || has_check) && !wait.waiter.waits_by_itself()
    });
    // What else a service waits for is mended in the same place.
    let grave: BTreeSet<_> = waits.iter().filter(|wait| is_grave(wait)).map(|wait| wait.waiter.span()).collect();
    let groups = grouped(waits, |wait| (grave.contains(&wait.waiter.span()), wait.waiter.set_up()));
    groups.iter().filter_map(|group| report(group)).collect()
}

/// Whether the service hardly tries again, since it migrates first, or the file has a check of the store and does not use it: who
/// writes the condition out has chosen it. People ask a tool again, a pooler
/// connects when clients ask, and what one works on is started again.
fn is_grave(wait: &StartWait<'_>) -> bool {
    let has_unused_check = wait.dependency.is_short && wait.target.is_checked_here();
    // A cache answers as soon as it runs.
    let is_slow = wait.is_for_a_store() && !matches!(wait.target.role(), Role::Cache(_));
    let may_come_later = matches!(wait.waiter.role(), Role::Tool | Role::Pooler);
    is_slow && !wait.is_for_work && !may_come_later && (wait.waiter.migrates_at_start() || has_unused_check)
}

/// What waits of one set-up that are equally grave come to.
fn report(group: &[StartWait<'_>]) -> Option<Diagnostic> {
    let grave = group.iter().find(|wait| is_grave(wait));
    let wait = grave.or(group.first())?;
    let (waiter, target) = (wait.waiter, wait.target);
    let waiters: BTreeSet<&str> = group.iter().map(|one| one.waiter.name()).collect();
    let own = group.iter().filter(|one| one.waiter.span() == waiter.span());
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
    let mut diagnostic = Diagnostic::new(waiter.set_up().subject(), message)
        .at(wait.dependency.span, "`service_started`: the container runs, no more")
        .evidence(if grave.is_some() { "does not wait" } else { "may try again" });
    diagnostic = match target.check() {
        Check::Present(span) => diagnostic.cause(span, "its health check is not waited for").help(help),
        _ => diagnostic
            .context(target.span(), "has no health check to wait for")
            .help(format!("{help}, and a `healthcheck` for it")),
    };
    let places = group.iter().map(|one| (one.dependency.span, one.waiter.subject()));
    diagnostic = spread::over(diagnostic, places);
    if grave.is_none() {
        diagnostic = diagnostic.at_most(Severity::Info, "the service may try again until the other one answers");
    }
    Some(rehearsed(diagnostic, waiter.profile()))
}
