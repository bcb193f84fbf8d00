//! Limits of requests beside those of their statements, and limits that are longer than a policy allows.

use super::tables::Bounds;
use super::view::{Role, ServiceRef};
use super::{Runtime, SettingRef, StoreRef, Timeout};
use crate::fact::{Fact, Origin};
use crate::source::Span;
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

/// A limit that is longer than the policy for its kind.
#[derive(Debug, Clone)]
pub struct OverBudget<'r> {
    /// The limit.
    pub setting: SettingRef<'r>,
    /// How long.
    pub length: Duration,
    /// How long it should be at most.
    pub budget: Duration,
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

    /// How many written limits there are, and those that are over budget: 5 s to connect or to wait, 3 s for a statement, 30 s
    /// for a request.
    pub fn over_budget(&self) -> (usize, Vec<OverBudget<'_>>) {
        let mut compared = 0;
        let mut found = Vec::new();
        for setting in self.settings() {
            let said = setting.setting();
            let Fact::Known(Timeout { after: Some(length), .. }, Origin::Explicit(_)) = &said.timeout else { continue };
            compared += 1;
            let budget = Duration::from_secs(match said.bounds {
                Bounds::Connect | Bounds::Wait => 5,
                Bounds::Statement => 3,
                Bounds::Request | Bounds::AsynchronousRequest => 30,
            });
            if *length > budget && said.on_purpose.is_none() {
                found.push(OverBudget { setting, length: *length, budget });
            }
        }
        (compared, found)
    }
}
