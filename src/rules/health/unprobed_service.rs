//! Services of a Compose project that nobody can wait for: they have no health check.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::service::Runner;
use crate::model::runtime::startup::Check;
use crate::model::runtime::{Role, ServiceRef};
use crate::rules::copies::rehearsed;
use crate::rules::spread::counted;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = rule!("health/unprobed-service", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let waited: BTreeSet<_> = runtime.start_waits().iter().map(|wait| wait.target.span()).collect();
    let mut by_project: Vec<Vec<ServiceRef<'_>>> = Vec::new();
    for service in runtime.services().filter(|service| service.is_run_by(Runner::Compose) && !service.service().is_partial) {
        let is_store = matches!(service.role(), Role::Datastore(_) | Role::Broker(_) | Role::Cache(_) | Role::Pooler);
        let is_tool = matches!(service.role(), Role::Tool);
        if is_tool || !(is_store || waited.contains(&service.span())) {
            continue;
        }
        context.consider();
        // An image of the repository's own, or an unknown one, hardly ever carries a check; a note may say so.
        if !service.service().healthcheck.known_absent() || matches!(service.check(), Check::Present(_)) {
            continue;
        }
        match by_project.last_mut().filter(|group| same_project(group, service)) {
            Some(group) => group.push(service),
            None => by_project.push(vec![service]),
        }
    }
    by_project.iter().filter_map(|group| report(group)).collect()
}

fn same_project(group: &[ServiceRef<'_>], service: ServiceRef<'_>) -> bool {
    group.first().is_some_and(|first| first.service().project == service.service().project)
}

fn report(group: &[ServiceRef<'_>]) -> Option<Diagnostic> {
    let first = group.first()?;
    let path = first.project().map_or("", |project| project.path());
    let message = match group.len() {
        1 => format!("nobody can wait until `{}` answers: it has no health check", first.name()),
        many => format!("nobody can wait until `{}` and {} answer: no health check", first.name(), counted(many - 1, "other")),
    };
    let mut diagnostic = Diagnostic::new(format!("project {path}"), message)
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
