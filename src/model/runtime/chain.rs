//! Two gateways in a row: one passes requests to a service that is a gateway itself, and passes them on.

use super::Runtime;
use super::route::{Gateway, PathMatch, Retry, Route};
use super::view::EdgeRef;
use crate::fact::Fact;
use crate::source::Span;
use std::time::Duration;

/// Pairs of routes beyond this many are not looked at.
const MOST: usize = 20_000;

/// A route to a gateway, and a route of that gateway.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'r> {
    /// The outer route: its target is the gateway.
    pub outer: EdgeRef<'r>,
    /// The inner route.
    pub inner: &'r Route,
    /// The gateway of the inner route.
    pub gateway: &'r Gateway,
}

impl Runtime {
    /// Every pair of routes that a request may take one after the other, in order.
    pub fn chains(&self) -> Vec<Chain<'_>> {
        let mut found = Vec::new();
        for outer in self.edges() {
            let Some(service) = outer.target() else { continue };
            for (at, gateway) in self.gateways.iter().enumerate() {
                let is_other = outer.route().gateway != at;
                if !is_other || !gateway.services.iter().any(|one| self.is_service(*one, service)) {
                    continue;
                }
                let inner = self.routes.iter().filter(|route| route.gateway == at && may_follow(outer.route(), route));
                found.extend(inner.map(|inner| Chain { outer, inner, gateway }));
                if found.len() > MOST {
                    return found;
                }
            }
        }
        found
    }
}

/// Whether a request that the first route passes on may fit the second one.
fn may_follow(outer: &Route, inner: &Route) -> bool {
    let text = |route: &Route| match route.path.known() {
        Some(PathMatch::Prefix(path) | PathMatch::Segments(path) | PathMatch::Exact(path)) => Some(path.clone()),
        _ => None,
    };
    match (text(outer), text(inner), &outer.rewrite) {
        (Some(outer), Some(inner), Fact::Absent) => outer.starts_with(&inner) || inner.starts_with(&outer),
        _ => true,
    }
}

impl Retry {
    /// How long all tries may take one after the other; `None` where one of them never ends, or that is not known. A try that did not
    /// reach the service has not taken as long as one that did.
    pub fn longest(&self) -> Option<Duration> {
        if self.only_before_work() {
            return None;
        }
        let tries = self.attempts?.checked_add(1)?;
        let each = self.per_try.known()?.after?;
        let all = each.checked_mul(tries)?;
        match self.within.known().and_then(|bound| bound.after) {
            Some(bound) => Some(all.min(bound)),
            None => Some(all),
        }
    }

    /// Whether nothing bounds how long it goes on.
    pub fn has_no_bound(&self) -> bool {
        matches!(&self.within, Fact::Absent) || self.within.known().is_some_and(|bound| bound.is_never())
    }

    /// Whether it only tries again what has not reached the service.
    pub fn only_before_work(&self) -> bool {
        let safe = ["connect-failure", "refused-stream", "conn-failure", "0rtt-rejected", "dial error", "none"];
        !self.on.is_empty() && self.on.iter().all(|word| safe.contains(&word.as_str()))
    }
}

/// A place that retries, with the routes for which it is in force.
#[derive(Debug, Clone)]
pub struct Retrying<'r> {
    /// What it says.
    pub retry: &'r Retry,
    /// Whether it is written, and not the product's default.
    pub is_written: bool,
    /// The gateway.
    pub gateway: &'r Gateway,
    /// The routes, at least one, in order.
    pub routes: Vec<&'r Route>,
}

impl<'r> Retrying<'r> {
    /// The first route for which it is in force.
    pub fn first(&self) -> Option<&'r Route> {
        self.routes.first().copied()
    }
}

impl Runtime {
    /// Every place that retries, in order of the first route. Routes that share one are gathered.
    pub fn retries(&self) -> Vec<Retrying<'_>> {
        let mut at_span: std::collections::HashMap<(usize, Span), usize> = std::collections::HashMap::new();
        let mut found: Vec<Retrying<'_>> = Vec::new();
        for route in &self.routes {
            let (Some((retry, origin)), Some(gateway)) = (route.retry.known_with_origin(), self.gateways.get(route.gateway))
            else {
                continue;
            };
            let slot = *at_span.entry((route.gateway, retry.span)).or_insert_with(|| {
                let is_written = !origin.is_default();
                found.push(Retrying { retry, is_written, gateway, routes: Vec::new() });
                found.len() - 1
            });
            if let Some(one) = found.get_mut(slot) {
                one.routes.push(route);
            }
        }
        found
    }
}
