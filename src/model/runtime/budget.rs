//! Limits of requests beside those of their statements, and limits that are longer than a policy allows.

use super::tables::Bounds;
use super::view::{Role, ServiceRef};
use super::{Profile, Runtime, StoreRef, Timeout};
use crate::fact::{Fact, Origin};
use crate::model::demands;
use crate::source::{Sources, Span};
use std::collections::HashSet;
use std::time::Duration;

/// How long a service works on a request, and how long a statement of it may run; both are written.
#[derive(Debug, Clone)]
pub struct StatementLimit<'r> {
    /// The service.
    pub service: ServiceRef<'r>,
    /// The server that it uses.
    pub store: StoreRef<'r>,
    /// How long a request may take.
    pub request: Duration,
    /// Which setting says so.
    pub setting: String,
    /// Where.
    pub request_span: Span,
    /// How long a statement may run.
    pub statement: Duration,
    /// Where that is written.
    pub statement_span: Span,
}

/// A limit that somebody wrote.
#[derive(Debug, Clone)]
struct Written {
    subject: String,
    name: String,
    bounds: Bounds,
    length: Duration,
    span: Span,
    profile: Profile,
}

/// A limit that is longer than the policy for its kind.
#[derive(Debug, Clone)]
pub struct OverBudget {
    /// `service api/SERVER_TIMEOUT`.
    pub subject: String,
    /// What is limited, as the start of a sentence: `` `SERVER_TIMEOUT` ``.
    pub name: String,
    /// As the start of a sentence: `a request may run`.
    pub what_may_last: &'static str,
    /// How long.
    pub length: Duration,
    /// Where it is written.
    pub span: Span,
    /// How long it should be at most.
    pub budget: Duration,
    /// Who says so: `` `request_budget_ms` in `backend-lint.toml` ``; `None` where nobody does.
    pub said: Option<String>,
    /// For which kind of use it is made.
    pub profile: Profile,
}

/// The key of the budget for a kind of limit, and the seconds that hold where nobody says another number.
fn budget_of(bounds: Bounds) -> (&'static str, u64) {
    match bounds {
        Bounds::Connect | Bounds::Wait => (demands::CONNECT, 5),
        Bounds::Statement => (demands::STATEMENT, 3),
        Bounds::Request | Bounds::AsynchronousRequest => (demands::REQUEST, 30),
        Bounds::Job => (demands::JOB, 300),
    }
}

impl Runtime {
    /// Every service whose requests have a written limit, with each server on which statements have one. A worker has no requests.
    pub fn statement_limits(&self) -> Vec<StatementLimit<'_>> {
        let mut found = Vec::new();
        for store in self.stores() {
            let limit = store.statement_timeout();
            let Fact::Known(Timeout { after: Some(statement), .. }, Origin::Explicit(statement_span)) = limit else { continue };
            for service in store.clients() {
                let Fact::Known(request, Origin::Explicit(request_span)) = service.request_timeout() else { continue };
                let Some(after) = request.timeout.after.filter(|_| request.is_certain && service.role() != Role::Worker) else {
                    continue;
                };
                let setting = request.setting;
                found.push(StatementLimit { service, store, request: after, setting, request_span, statement, statement_span });
            }
        }
        found
    }

    /// How many written limits there are, and those that are over budget. Budgets are those of `[context]`, else 5 s to connect or to
    /// wait, 3 s for a statement, 30 s for a request, 5 min for a job.
    pub fn over_budget(&self, sources: &Sources) -> (usize, Vec<OverBudget>) {
        let written = self.written_limits();
        let compared = written.len();
        let found = written.into_iter().filter_map(|one| {
            let (key, seconds) = budget_of(one.bounds);
            let asked = self.demands.at(sources.path(one.span.source), key);
            let budget = asked.map_or(Duration::from_secs(seconds), |asked| asked.length);
            let Written { subject, name, bounds, length, span, profile } = one;
            let (what_may_last, said) = (bounds.what_may_last(), asked.map(|asked| asked.said.clone()));
            let is_over = length > budget && !budget.is_zero();
            is_over.then_some(OverBudget { subject, name, what_may_last, length, span, budget, said, profile })
        });
        (compared, found.collect())
    }

    /// Every limit that is written, but for those that are long on purpose: settings, waits of pools, functions.
    fn written_limits(&self) -> Vec<Written> {
        let explicit = |fact: &Fact<Timeout>| match fact {
            Fact::Known(Timeout { after: Some(length), .. }, Origin::Explicit(span)) => Some((*length, *span)),
            _ => None,
        };
        let mut found = Vec::new();
        for setting in self.settings() {
            let said = setting.setting();
            if let Some((length, span)) = explicit(&said.timeout).filter(|_| said.on_purpose.is_none()) {
                let (subject, name, profile) = (setting.subject(), setting.quoted_name(), setting.profile());
                found.push(Written { subject, name, bounds: said.bounds, length, span, profile });
            }
        }
        let mut seen: HashSet<Span> = found.iter().map(|one| one.span).collect();
        for pool in self.pools() {
            let Some((length, span)) = explicit(&pool.wait).filter(|(_, span)| seen.insert(*span)) else { continue };
            let (subject, name) = (format!("{}/wait", pool.subject()), format!("the wait of the pool `{}`", pool.name));
            found.push(Written { subject, name, bounds: Bounds::Wait, length, span, profile: pool.use_for });
        }
        for function in self.functions().filter(|function| !function.triggers.is_empty()) {
            let Some((length, span)) = explicit(&function.timeout).filter(|(_, span)| seen.insert(*span)) else { continue };
            let bounds = if function.does_more_than_answer() { Bounds::Job } else { Bounds::Request };
            let (subject, name) = (format!("{}/timeout", function.subject()), format!("the timeout of `{}`", function.name));
            found.push(Written { subject, name, bounds, length, span, profile: function.profile });
        }
        found
    }
}
