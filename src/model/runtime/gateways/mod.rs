//! Gateways besides nginx: Envoy, HAProxy, Traefik, Caddy, Kong, Spring Cloud Gateway. Each reader makes routes of its product's
//! words; what it does not read stays unknown.

mod caddy;
mod caddy_json;
mod caddy_site;
mod envoy;
mod envoy_route;
mod haproxy;
mod kong;
pub(super) mod settings;
mod spring;
mod spring_settings;
mod traefik;
pub(super) mod traefik_route;
mod traefik_rule;

use super::halves::Half;
use super::names::Names;
use super::profile::profile;
use super::proxy::target;
use super::route::{Gateway, Route, Strength, Target};
use super::service::{Project, Service};
use super::tables::tables;
use super::timeout::{Timeout, Units, parse};
use crate::discover::{Discovery, Kind};
use crate::documents::NodeRef;
use crate::fact::{Fact, Origin, Product};
use crate::model::Workspace;
use crate::source::Span;
use std::collections::HashMap;
use std::time::Duration;

/// The gateways and routes that are read, and what they are read from.
struct Reading<'w, 'a, 's> {
    workspace: &'w mut Workspace<'a>,
    names: Names<'s>,
    gateways: &'w mut Vec<Gateway>,
    routes: &'w mut Vec<Route>,
    halves: &'w mut Vec<Half>,
}

/// Reads every gateway configuration but nginx's, and appends what it finds.
pub(super) fn read(
    workspace: &mut Workspace,
    discovery: &Discovery,
    (projects, services): (&[Project], &[Service]),
    (gateways, routes, halves): (&mut Vec<Gateway>, &mut Vec<Route>, &mut Vec<Half>),
) {
    let names = Names::new(projects, services);
    let mut reading = Reading { workspace, names, gateways, routes, halves };
    let of_kind = |kind: Kind| discovery.artifacts.iter().filter(move |one| one.kind == kind).map(|one| one.path.as_str());
    of_kind(Kind::Envoy).for_each(|path| envoy::read(&mut reading, path));
    of_kind(Kind::Haproxy).for_each(|path| haproxy::read(&mut reading, path));
    let traefik: Vec<&str> = of_kind(Kind::Traefik).collect();
    traefik::read(&mut reading, &traefik);
    of_kind(Kind::Caddy).for_each(|path| match path.ends_with(".json") {
        true => caddy_json::read(&mut reading, path),
        false => caddy::read(&mut reading, path),
    });
    of_kind(Kind::Kong).for_each(|path| kong::read(&mut reading, path));
    of_kind(Kind::Spring).for_each(|path| spring::read(&mut reading, path));
}

impl Reading<'_, '_, '_> {
    /// The gateway of a configuration file, with the services that run it.
    fn gateway(&self, product: &'static str, path: &str) -> Gateway {
        let running = target::running(path, self.names.projects, self.names.services);
        Gateway::bare(Product(product), path.to_owned(), running, profile(path, &[]))
    }

    /// The number that the next gateway will have.
    fn next(&self) -> usize {
        self.gateways.len()
    }

    /// Keeps a gateway with its routes; those that have no target yet are resolved by the names of their servers.
    fn add(&mut self, gateway: Gateway, mut routes: Vec<Route>) {
        let mut by_host = HashMap::new();
        for route in routes.iter_mut().filter(|route| route.targets.is_empty()) {
            route.targets = target::resolve(route, &gateway, &self.names, &mut by_host);
        }
        self.routes.extend(routes);
        self.gateways.push(gateway);
    }
}

/// A service that the configuration itself stands at.
fn itself(service: usize, why: String) -> Target {
    Target { service, strength: Strength::Structure, why }
}

/// A default of a product, from `data/defaults.toml`.
fn default(product: &'static str, key: &str) -> Fact<Timeout> {
    match tables().default(product, key) {
        Some(value) => Fact::Known(Timeout::or_never(value, &super::timeout::shown(value)), Origin::default_of(product)),
        None => Fact::Absent,
    }
}

/// Whether a text is made of something that only a template engine, a shell or the environment fills in.
fn is_open(text: &str) -> bool {
    text.contains("${") || text.contains("{{") || text.contains("{$") || text.contains("{env.")
}

/// A length of time under a node; `bare`: the seconds that a number without a unit counts. Zero means that there is none.
fn duration(node: Option<NodeRef<'_>>, bare: Option<f64>) -> Fact<Timeout> {
    let Some(node) = node else { return Fact::Absent };
    node.text().map_or_else(|| Fact::not_read("not a length of time", vec![node.span()]), |text| length(text, node.span(), bare))
}

/// A length of time as it is written.
fn length(text: &str, span: Span, bare: Option<f64>) -> Fact<Timeout> {
    let unknown = || Fact::not_read("not a length of time", vec![span]);
    if is_open(text) {
        return Fact::not_read("the value is filled in later", vec![span]);
    }
    parse(text, Units::Common, bare).map_or_else(unknown, |value| Fact::explicit(Timeout::or_never(value, text), span))
}

/// The first fact that is not absent.
fn or<T>(first: Fact<T>, second: impl FnOnce() -> Fact<T>) -> Fact<T> {
    if first.known_absent() { second() } else { first }
}

/// A number under a key.
fn number(node: Option<NodeRef<'_>>) -> Option<u32> {
    node.and_then(NodeRef::text).and_then(|text| text.trim().parse().ok())
}

/// Texts of a list, or of a single scalar.
fn texts<'t>(node: Option<NodeRef<'t>>) -> Vec<&'t str> {
    let Some(node) = node else { return Vec::new() };
    if node.is_list() { node.items().filter_map(NodeRef::text).collect() } else { node.text().into_iter().collect() }
}

/// A wait of nothing at all, which readers of milliseconds meet: no limit.
const fn milliseconds() -> Option<f64> {
    Some(1e-3)
}

/// Whole milliseconds as a limit.
fn of_millis(value: u64) -> Timeout {
    let duration = Duration::from_millis(value);
    Timeout::or_never(duration, &value.to_string())
}
