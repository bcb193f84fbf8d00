//! Services of a Compose project that nobody can wait for: they have no health check.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::service::Runner;
use crate::model::runtime::startup::Check;
use crate::model::runtime::{Role, ServiceRef};
use crate::rules::copies::rehearsed;
use crate::rules::spread::{counted, grouped};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = rule!("health/unprobed-service", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let waited: BTreeSet<_> = runtime.start_waits().iter().map(|wait| wait.target.span()).collect();
    let jobs = runtime.jobs();
    let mut unprobed = Vec::new();
    for service in runtime.services().filter(|service| service.is_run_by(Runner::Compose) && !service.service().is_partial) {
        let is_store = matches!(service.role(), Role::Datastore(_) | Role::Broker(_) | Role::Cache(_) | Role::Pooler);
        let is_tool = matches!(service.role(), Role::Tool);
        // What does its work and ends has no health.
        let is_job = jobs.contains(&service.span());
        if is_tool || is_job || !(is_store || waited.contains(&service.span())) {
            continue;
        }
        context.consider();
        // An image of the repository's own, or an unknown one, hardly ever carries a check; a note may say so.
        if !service.service().healthcheck.known_absent() || matches!(service.check(), Check::Present(_)) {
            continue;
        }
        unprobed.push(service);
    }
    grouped(unprobed, |service| service.set_up()).iter().filter_map(|group| report(group)).collect()
}

fn report(group: &[ServiceRef<'_>]) -> Option<Diagnostic> {
    let first = group.first()?;
    let names: BTreeSet<&str> = group.iter().map(|one| one.name()).collect();
    let message = match names.len() {
        1 => format!("nobody can wait until `{}` answers: it has no health check", first.name()),
        many => format!("nobody can wait until `{}` and {} answer: no health check", first.name(), counted(many - 1, "other")),
    };
    let mut diagnostic = Diagnostic::new(first.set_up().subject(), message)
        .at(first.span(), "no `healthcheck`")
        .help(help(*first))
        .at_most(Severity::Info, "a service may try again until the other one answers");
    for other in group.iter().skip(1) {
        diagnostic = diagnostic.occurrence(other.span(), other.subject());
    }
    Some(rehearsed(diagnostic, first.profile()))
}

fn help(service: ServiceRef<'_>) -> String {
    let test = match service.role() {
        Role::Datastore(product) if product == "postgres" => "pg_isready -U $$POSTGRES_USER",
        Role::Datastore(product) if product == "mysql" => "mysqladmin ping -h 127.0.0.1",
        Role::Cache(product) if product == "redis" => "redis-cli ping",
        Role::Broker(product) if product == "rabbitmq" => "rabbitmq-diagnostics -q ping",
        _ => "...",
    };
    format!("healthcheck: {{ test: [\"CMD-SHELL\", \"{test}\"], interval: 5s, retries: 10 }}")
}
