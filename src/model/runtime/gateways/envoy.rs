//! Envoy with a static configuration: listeners, the HTTP connection managers in them, their routes, and the clusters behind.
//!
//! What is absent: everything that a control plane gives (`rds`, `cds`), Lua and Wasm filters, TCP proxies.

use super::super::route::{AccessLog, Address, Listener, Route, Waits};
use super::envoy_route::{self, Manager};
use super::{Reading, default, duration, is_open, or};
use crate::documents::NodeRef;
use crate::fact::{Fact, Origin};
use crate::source::Span;
use std::collections::HashMap;

/// What a cluster says.
#[derive(Clone)]
pub(super) struct Cluster {
    pub(super) servers: Fact<Vec<Address>>,
    pub(super) waits: Waits,
    pub(super) speaks_http2: bool,
}

pub(super) fn read(reading: &mut Reading, path: &str) {
    let Ok(tree) = reading.workspace.tree(path) else { return };
    let Some(root) = tree.root() else { return };
    let Some(resources) = root.get("static_resources") else { return };
    let mut gateway = reading.gateway("Envoy", path);
    let environment = |name: &str| reading.environment(&gateway.services, name);
    let clusters: HashMap<&str, Cluster> = resources
        .get("clusters")
        .into_iter()
        .flat_map(NodeRef::items)
        .filter_map(|node| Some((node.get_text("name")?, cluster(node, &environment))))
        .collect();
    let (mut routes, mut listeners, mut log) = (Vec::new(), Vec::new(), Fact::Absent);
    gateway.knows_routes = true;
    for listener in resources.get("listeners").into_iter().flat_map(NodeRef::items) {
        let chains: Vec<NodeRef> = listener.get("filter_chains").into_iter().flat_map(NodeRef::items).collect();
        let is_encrypted = chains.iter().any(|chain| chain.get("transport_socket").is_some());
        let port = listener.at("address/socket_address/port_value").and_then(NodeRef::text).and_then(|text| text.parse().ok());
        for filter in chains.iter().filter_map(|chain| chain.get("filters")).flat_map(NodeRef::items) {
            let Some(config) = filter.get("typed_config").or_else(|| filter.get("config")) else { continue };
            let Some(hosts) = config.at("route_config/virtual_hosts") else {
                gateway.knows_routes &= config.get("rds").is_none();
                continue;
            };
            let manager = Manager::new(config);
            log = or(log, || access_log(config));
            let mut names: Vec<String> = Vec::new();
            let mut redirects = true;
            for host in hosts.items() {
                let domains: Vec<&str> = super::texts(host.get("domains"));
                names.extend(domains.iter().filter(|name| !name.starts_with('*')).map(|name| (*name).to_owned()));
                let all: Vec<NodeRef> = host.get("routes").into_iter().flat_map(NodeRef::items).collect();
                redirects &= !all.is_empty() && all.iter().all(|route| route.at("redirect/https_redirect").is_some());
                let name = domains.first().copied().filter(|name| *name != "*");
                let found =
                    all.into_iter().flat_map(|route| envoy_route::routes(reading.next(), &manager, host, route, &clusters));
                routes.extend(found.map(|route| Route { server_name: name.map(str::to_owned), ..route }));
            }
            if let Some(port) = port {
                let span = listener.get("address").map_or(listener.span(), NodeRef::span);
                let strict_transport = strict_transport(config);
                listeners.push(Listener { names, port, is_encrypted, redirects, strict_transport, span });
            }
        }
    }
    gateway.access_log = log;
    // Envoy makes an `x-request-id` for every request, unless it is told not to.
    gateway.correlation = Fact::Known("x-request-id".into(), Origin::default_of("Envoy"));
    gateway.listeners = match listeners.first().map(|one| one.span) {
        Some(span) => Fact::explicit(listeners, span),
        None => Fact::not_read("no listener of it is read", Vec::new()),
    };
    reading.add(gateway, routes);
}

fn cluster(node: NodeRef<'_>, environment: &dyn Fn(&str) -> Option<String>) -> Cluster {
    let span = node.get("name").map_or(node.span(), NodeRef::span);
    let mut servers = Vec::new();
    let mut open: Option<Span> = None;
    let endpoints = node.at("load_assignment/endpoints").into_iter().flat_map(NodeRef::items);
    for endpoint in endpoints.filter_map(|one| one.get("lb_endpoints")).flat_map(NodeRef::items) {
        let Some(address) = endpoint.at("endpoint/address/socket_address") else { continue };
        let value = |key: &str| address.get_text(key).and_then(|text| filled(text, environment));
        match value("address") {
            Some(host) => servers.push(Address::of(host, value("port_value").and_then(|port| port.parse().ok()))),
            None => open = Some(address.span()),
        }
    }
    let servers = match open {
        Some(span) => Fact::not_read("the address is filled in later", vec![span]),
        None if servers.is_empty() => Fact::not_read("its servers are not written here", vec![span]),
        None => Fact::explicit(servers, span),
    };
    let options = node.get("typed_extension_protocol_options").into_iter().flat_map(NodeRef::entries).map(|(_, value)| value);
    let own: Vec<NodeRef> = options.collect();
    let speaks_http2 = node.get("http2_protocol_options").is_some()
        || own.iter().any(|one| one.at("explicit_http_config/http2_protocol_options").is_some());
    let mut waits = Waits::unread(span);
    waits.connect = or(duration(node.get("connect_timeout"), None), || default("Envoy", "connect_timeout"));
    let idle = own.iter().find_map(|one| one.at("common_http_protocol_options/idle_timeout"));
    let idle = idle.or_else(|| node.at("common_http_protocol_options/idle_timeout"));
    waits.idle = or(duration(idle, None), || default("Envoy", "upstream idle_timeout"));
    Cluster { servers, waits, speaks_http2 }
}

/// The text, where it is `${X}` what the environment of the service that runs Envoy has under that name.
fn filled(text: &str, environment: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => environment(name),
        None => (!is_open(text)).then(|| text.to_owned()),
    }
}

fn access_log(config: NodeRef<'_>) -> Fact<AccessLog> {
    let Some(logs) = config.get("access_log") else { return Fact::Absent };
    let Some(first) = logs.items().next() else { return Fact::Absent };
    let named = |node: NodeRef| {
        let config = node.get("typed_config").or_else(|| node.get("config"))?;
        let is_text = node.get_text("name").is_some_and(|name| name.ends_with("file") || name.ends_with("stdout"));
        let records = ["log_format/json_format", "json_format", "typed_json_format"].iter().any(|key| config.at(key).is_some());
        Some(!is_text || records)
    };
    let is_structured = logs.items().any(|node| named(node).unwrap_or(true));
    Fact::explicit(AccessLog::new(is_structured, Some(first.span())), first.span())
}

/// `Strict-Transport-Security` among the headers that the routes add.
fn strict_transport(config: NodeRef<'_>) -> Fact<String> {
    let hosts = || config.at("route_config/virtual_hosts").into_iter().flat_map(NodeRef::items);
    let routes = || hosts().filter_map(|host| host.get("routes")).flat_map(NodeRef::items);
    let owners = config.get("route_config").into_iter().chain(hosts()).chain(routes());
    for header in owners.filter_map(|owner| owner.get("response_headers_to_add")).flat_map(NodeRef::items) {
        let Some(header) = header.get("header") else { continue };
        if header.get_text("key").is_some_and(|key| key.eq_ignore_ascii_case("strict-transport-security")) {
            return Fact::explicit(header.get_text("value").unwrap_or("").to_owned(), header.span());
        }
    }
    Fact::Absent
}

impl Reading<'_, '_, '_> {
    /// What a variable holds in every service that runs a gateway; nothing where they differ or any is not known.
    pub(super) fn environment(&self, services: &[usize], name: &str) -> Option<String> {
        let mut values =
            services.iter().filter_map(|at| self.names.services.get(*at)).map(|one| one.environment.get(name).known().cloned());
        let first = values.next()??;
        values.all(|other| other.as_ref() == Some(&first)).then_some(first)
    }
}
