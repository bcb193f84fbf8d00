//! Waits: a gateway that waits for a service, seen together with how long the service may work.

use super::view::{EdgeRef, RequestTimeout, ServiceRef};
use super::{Runtime, Timeout};
use crate::fact::{Fact, Origin};
use crate::model::runtime::route::Route;
use crate::source::Span;
use std::collections::HashMap;
use std::time::Duration;

/// One wait of a gateway for one service: the locations that share the setting (or its absence) are one wait.
#[derive(Debug, Clone)]
pub struct Wait<'r> {
    /// The locations, at least one, in order; those that stream are left out.
    pub edges: Vec<EdgeRef<'r>>,
}

/// What both sides of a wait say, where both are known and both end.
#[derive(Debug, Clone)]
pub struct Nesting {
    /// How long the gateway waits.
    pub gateway: Duration,
    /// Where that comes from.
    pub gateway_origin: Origin,
    /// How long the service may work.
    pub service: Duration,
    /// Which setting says so.
    pub request: RequestTimeout,
    /// Where that comes from.
    pub service_origin: Origin,
}

impl Nesting {
    /// Whether the gateway gives up while the service may still work. The gateway's clock starts first, so equal is too short.
    pub fn is_inverted(&self) -> bool {
        self.gateway <= self.service
    }

    /// Whether the gateway outlasts the service by less than the margin.
    pub fn is_tight(&self) -> bool {
        !self.is_inverted() && self.gateway < self.service + self.margin()
    }

    /// What the gateway should wait longer than the service works: 5 seconds above 30, a tenth (a second at least) below.
    pub fn margin(&self) -> Duration {
        let long = self.service > Duration::from_secs(30);
        if long { Duration::from_secs(5) } else { (self.service / 10).max(Duration::from_secs(1)) }
    }

    /// A wait that is long enough, in whole seconds.
    pub fn enough(&self) -> u64 {
        let enough = self.service + self.margin();
        enough.as_secs() + u64::from(enough.subsec_nanos() > 0)
    }
}

/// A timeout of nginx that is written as 0 and ends at once.
#[derive(Debug, Clone)]
pub struct InstantTimeout<'r> {
    /// The directive: `proxy_read_timeout`.
    pub directive: String,
    /// As written.
    pub written: &'r str,
    /// Where it is written.
    pub span: Span,
    /// The first route for which it holds.
    pub route: &'r Route,
}

impl Runtime {
    /// Every wait of a gateway for a known service, in order of the first location. Streams are left out: they have no end
    /// that a gateway could wait for; so are bare connections, of which nobody knows what goes over them.
    pub fn waits(&self) -> Vec<Wait<'_>> {
        let mut at_key: HashMap<(Option<Span>, usize, Span), usize> = HashMap::new();
        let mut waits: Vec<Wait<'_>> = Vec::new();
        for edge in self.edges().filter(|edge| edge.streaming().is_none() && edge.route().module != "tcp") {
            let Some(service) = edge.target() else { continue };
            let key = (edge.patience().0.span(), edge.route().gateway, service.span());
            let slot = *at_key.entry(key).or_insert_with(|| {
                waits.push(Wait { edges: Vec::new() });
                waits.len() - 1
            });
            if let Some(wait) = waits.get_mut(slot) {
                wait.edges.push(edge);
            }
        }
        waits
    }

    /// Timeouts of nginx that are written as 0, each place once; those of streams are left out.
    pub fn instant_timeouts(&self) -> Vec<InstantTimeout<'_>> {
        let mut seen = std::collections::HashSet::new();
        let mut found = Vec::new();
        let is_nginx = |route: &&Route| self.gateways.get(route.gateway).is_some_and(|gateway| gateway.product.0 == "nginx");
        for route in self.routes.iter().filter(|route| route.streaming.is_none() && route.module != "tcp").filter(is_nginx) {
            for (name, fact) in [("connect", &route.waits.connect), ("read", &route.waits.read), ("send", &route.waits.send)] {
                let Some((timeout, span)) = fact.known().zip(fact.span()) else { continue };
                if timeout.after == Some(Duration::ZERO) && seen.insert(span) {
                    let directive = format!("{}_{name}_timeout", route.module);
                    found.push(InstantTimeout { directive, written: &timeout.written, span, route });
                }
            }
        }
        found
    }
}

impl InstantTimeout<'_> {
    /// `location /api/proxy_read_timeout`.
    pub fn subject(&self) -> String {
        let server = self.route.server_name.as_deref().map(|name| format!("{name} ")).unwrap_or_default();
        format!("{server}{}/{}", self.route.name, self.directive)
    }
}

impl<'r> Wait<'r> {
    /// The location that stands for all of them.
    pub fn first(&self) -> Option<EdgeRef<'r>> {
        self.edges.first().copied()
    }

    /// The service that is waited for.
    pub fn service(&self) -> Option<ServiceRef<'r>> {
        self.first()?.target()
    }

    /// What both sides say. Unknown where one of them is, and where the service never gives up: nothing outlasts that.
    pub fn nesting(&self) -> Fact<Nesting> {
        let unknown = |why: &str| Fact::not_read(why.to_owned(), Vec::new());
        let (Some(edge), Some(service)) = (self.first(), self.service()) else { return unknown("no location") };
        let (gateway, gateway_origin) = match edge.patience().0 {
            Fact::Known(Timeout { after: Some(after), .. }, origin) if !after.is_zero() => (*after, origin.clone()),
            Fact::Unknown(why) => return Fact::Unknown(why.clone()),
            _ => return unknown("the gateway has no time to wait"),
        };
        match service.request_timeout() {
            Fact::Known(request, service_origin) => match request.timeout.after {
                Some(length) => {
                    let origin = gateway_origin.clone();
                    Fact::Known(Nesting { gateway, gateway_origin, service: length, request, service_origin }, origin)
                }
                None => unknown("the service never gives up"),
            },
            Fact::Absent => unknown("no limit is known"),
            Fact::Unknown(why) => Fact::Unknown(why),
        }
    }
}
