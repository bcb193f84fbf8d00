//! A pending migration that may wait for its lock longer than the pools last under the declared load.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::declared::DeclaredLoad;
use crate::model::runtime::timeout::shown;
use crate::model::schema::LockMode;
use crate::model::schema::pending::waits::BoundedWait;
use crate::rules::pending::{careful, gather};
use crate::rules::{Context, Rule, rule};
use std::time::Duration;

pub(super) const RULE: Rule = rule!("migrations/lock-wait-exhausts-pool", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let Some(declared) = context.head.runtime.declared_load(context.sources) else { return Vec::new() };
    // A time for every session may end the wait before, and only pools of PostgreSQL are emptied by it.
    let ends_before = |setting: &&str| context.head.is_set_for_all_sessions(setting);
    if !declared.is_postgres() || ["statement_timeout", "transaction_timeout"].iter().any(ends_before) {
        return Vec::new();
    }
    let migrations = context.head.schema.pending_migrations().filter(|migration| migration.is_postgres());
    let waits: Vec<BoundedWait> = migrations.flat_map(|one| one.bounded_waits(LockMode::AccessExclusive)).collect();
    waits.iter().for_each(|_| context.consider());
    let Some(most) = declared.exhausted_after() else { return Vec::new() };
    let mut found = Vec::new();
    for wait in waits.into_iter().filter(|wait| wait.limit > most) {
        // One limit over many statements is one thing to fix.
        let same = |known: &&(_, Diagnostic)| known.1.causes.iter().any(|cause| cause.span == wait.said);
        if !found.iter().any(|known| same(&known)) {
            found.push((wait.step, report(&wait, &declared, most)));
        }
    }
    gather(found)
}

fn report(wait: &BoundedWait, declared: &DeclaredLoad, most: Duration) -> Diagnostic {
    let (limit, lasts) = (shown(wait.limit), shown(most));
    let table = wait.step.table();
    let (total, requests) = (declared.load.total(), declared.requests.value);
    let message = format!("waits up to {limit} for the lock of `{table}`, the pools last {lasts}");
    let diagnostic = Diagnostic::new(wait.step.subject(None), message)
        .at(wait.step.statement.head, "every request to the table waits behind it, each with a connection")
        .cause(wait.said, format!("{total} connections / {requests} requests a second = {lasts}"))
        .help(format!("SET lock_timeout = '{}ms'; -- and try again", most.as_millis()))
        .evidence("lock wait exhausts the pools");
    careful(&wait.step, wait.step.audience(), diagnostic)
}
