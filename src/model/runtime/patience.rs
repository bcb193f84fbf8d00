//! How long a gateway waits for a whole answer, by whichever of its limits ends first, and waits that never end.

use super::Runtime;
use super::phrases;
use super::route::{Gateway, Route};
use super::timeout::Timeout;
use super::view::EdgeRef;
use crate::fact::{Fact, Origin};
use crate::source::Span;
use std::collections::BTreeSet;

/// What ends a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The whole of a request.
    Total,
    /// Silence between two reads.
    Read,
}

impl Limit {
    /// The word by which `data/gateways.toml` knows it.
    pub fn key(self) -> &'static str {
        match self {
            Limit::Total => "total",
            Limit::Read => "read",
        }
    }
}

impl Route {
    /// The limit that ends first for an answer that comes at once in the end.
    pub fn patience(&self) -> (&Fact<Timeout>, Limit) {
        let (total, read) = (&self.waits.total, &self.waits.read);
        let length = |fact: &Fact<Timeout>| fact.known().and_then(|timeout| timeout.after);
        match (length(total), length(read)) {
            (Some(whole), Some(silence)) if silence < whole => (read, Limit::Read),
            (Some(_), _) => (total, Limit::Total),
            (None, Some(_)) => (read, Limit::Read),
            (None, None) if read.known_absent() || total.known().is_some() => (total, Limit::Total),
            (None, None) => (read, Limit::Read),
        }
    }
}

impl<'r> EdgeRef<'r> {
    /// The limit that ends first.
    pub fn patience(self) -> (&'r Fact<Timeout>, Limit) {
        self.route().patience()
    }

    /// What its product calls that limit: `proxy_read_timeout`, `timeout`.
    pub fn limit_name(self) -> String {
        let limit = self.patience().1;
        let said = self.gateway().and_then(|gateway| phrases::said(gateway, self.route(), limit.key(), &[]));
        said.unwrap_or_else(|| "timeout".to_owned())
    }

    /// What to write for a wait of so many seconds.
    pub fn longer_help(self, seconds: u64) -> String {
        let fill = [("seconds", seconds.to_string()), ("millis", (seconds * 1000).to_string())];
        let said = self.gateway().and_then(|gateway| phrases::said(gateway, self.route(), "longer", &fill));
        said.unwrap_or_else(|| format!("wait {seconds} s or longer"))
    }

    /// The product of its gateway.
    pub fn product(self) -> &'static str {
        self.gateway().map_or("the gateway", |gateway| gateway.product.0)
    }
}

/// A wait of a gateway that is written so that it never ends.
#[derive(Debug, Clone)]
pub struct EndlessWait<'r> {
    /// What it is called.
    pub name: String,
    /// As written.
    pub written: &'r str,
    /// Where it is written.
    pub span: Span,
    /// The first route for which it is in force.
    pub route: &'r Route,
    /// Its gateway.
    pub gateway: &'r Gateway,
    /// What to write instead.
    pub instead: Option<String>,
}

impl Runtime {
    /// Waits that are written as never ending, each place once; those of streams are left out. nginx has no such value.
    pub fn endless_waits(&self) -> Vec<EndlessWait<'_>> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for route in self.routes.iter().filter(|route| route.streaming.is_none() && route.module != "tcp") {
            let Some(gateway) = self.gateways.get(route.gateway).filter(|gateway| gateway.product.0 != "nginx") else { continue };
            for (fact, key) in [(&route.waits.total, "total"), (&route.waits.read, "read"), (&route.waits.connect, "connect")] {
                let Some((timeout, Origin::Explicit(span) | Origin::Inherited(span))) = fact.known_with_origin() else {
                    continue;
                };
                // Where the whole is bounded, silence is too.
                let is_bounded = key == "read" && route.waits.total.known().is_some_and(|total| !total.is_never());
                if timeout.is_never() && !is_bounded && seen.insert(*span) {
                    let fill = [("seconds", "15".to_owned()), ("millis", "15000".to_owned())];
                    let name = phrases::said(gateway, route, key, &[]).unwrap_or_else(|| "timeout".to_owned());
                    let instead = phrases::said(gateway, route, "longer", &fill).filter(|_| key != "connect");
                    found.push(EndlessWait { name, written: &timeout.written, span: *span, route, gateway, instead });
                }
            }
        }
        found
    }

    /// Gateways of which every wait for the services behind is the product's default: with the routes, those of streams included.
    pub fn unset_waits(&self) -> Vec<(&Gateway, Vec<&Route>)> {
        let mut found = Vec::new();
        for (at, gateway) in
            self.gateways.iter().enumerate().filter(|(_, gateway)| phrases::phrase(gateway.product.0, "all_waits").is_some())
        {
            let routes: Vec<&Route> = self.routes.iter().filter(|route| route.gateway == at && route.module != "tcp").collect();
            let is_default = |fact: &Fact<Timeout>| fact.known_with_origin().is_some_and(|(_, origin)| origin.is_default());
            let unset = |route: &&Route| [&route.waits.connect, &route.waits.read, &route.waits.send].into_iter().all(is_default);
            if !routes.is_empty() && routes.iter().all(unset) {
                found.push((gateway, routes));
            }
        }
        found
    }
}

/// A gRPC server to which a gateway speaks HTTP/1.
#[derive(Debug, Clone)]
pub struct WrongProtocol<'r> {
    /// The route.
    pub edge: EdgeRef<'r>,
    /// What says that gRPC is spoken there.
    pub sign: String,
    /// Where that is written.
    pub span: Span,
    /// Whether it is the service's own word.
    pub is_certain: bool,
}

impl Runtime {
    /// Routes of nginx that pass HTTP/1 to a server that speaks gRPC: by the service's own variables, or by the name of the upstream.
    pub fn grpc_over_http1(&self) -> Vec<WrongProtocol<'_>> {
        let mut found = Vec::new();
        for edge in self.edges().filter(|edge| edge.product() == "nginx" && edge.route().module == "proxy") {
            let Some(service) = edge.target() else { continue };
            let ports: Vec<u16> = edge.route().servers.known().into_iter().flatten().filter_map(|server| server.port).collect();
            let says = |(name, variable): &(&str, &super::service::Variable)| {
                let is_named =
                    name.split('_').any(|word| word.eq_ignore_ascii_case("grpc")) && name.to_ascii_uppercase().contains("PORT");
                let value = variable.value.known().and_then(|text| text.trim_start_matches(':').parse().ok());
                is_named && value.is_some_and(|port| ports.contains(&port))
            };
            if let Some((name, variable)) = service.service().environment.iter().find(says) {
                let sign = format!("`{name}` of `{}` is its port", service.name());
                found.push(WrongProtocol { edge, sign, span: variable.key_span, is_certain: true });
            }
        }
        found
    }
}
