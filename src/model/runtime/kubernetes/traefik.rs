//! Traefik's own objects: IngressRoutes, with what Middlewares, ServersTransports and TraefikServices of their namespace say.
//!
//! What is absent: Traefik's static settings, which stand on its command line or in its chart.

use super::backend::{MOST, Routes};
use super::object::Object;
use crate::documents::NodeRef;
use crate::fact::Fact;
use crate::model::runtime::gateways::settings::Settings;
use crate::model::runtime::gateways::traefik_route::{cases, middleware_terms, rewrite, transported};
use crate::model::runtime::route::{Address, Route};
use std::collections::HashMap;

/// Middlewares in a chain, and services behind each other, beyond this many are not followed.
const LONGEST_CHAIN: usize = 100;

/// What the IngressRoutes of a namespace refer to.
pub(super) struct Objects<'t> {
    /// Middlewares and transports in the form of Traefik's files.
    settings: Settings,
    /// What each object says, by kind and name.
    specs: HashMap<(&'t str, &'t str), NodeRef<'t>>,
}

impl<'t> Objects<'t> {
    /// Those of a namespace.
    pub(super) fn new(objects: &[&Object<'t>]) -> Objects<'t> {
        let mut found = Objects { settings: Settings::default(), specs: HashMap::new() };
        for object in objects {
            let group = match object.kind {
                "Middleware" => Some("middlewares"),
                "ServersTransport" => Some("serverstransports"),
                "TraefikService" => None,
                _ => continue,
            };
            let Some(spec) = object.at("spec") else { continue };
            found.specs.insert((object.kind, object.name), spec);
            if let Some(group) = group {
                found.settings.add_below(&["http", group, object.name], spec);
            }
        }
        found
    }

    /// Reads an IngressRoute.
    pub(super) fn read(&self, object: &Object<'t>, routes: &mut Routes<'_>) {
        let gateway = routes.gateway(object, "Traefik");
        for (number, rule) in object.at("spec/routes").into_iter().flat_map(NodeRef::items).take(MOST).enumerate() {
            let Some(matched) = rule.get("match") else { continue };
            let name = match number {
                0 => format!("route of {}", object.name),
                _ => format!("route {} of {}", number + 1, object.name),
            };
            let middlewares = self.middlewares(object, rule);
            let services: Vec<NodeRef<'t>> = rule.get("services").into_iter().flat_map(NodeRef::items).take(MOST).collect();
            for case in cases(matched.text()) {
                let mut route = Route::bare(gateway, name.clone(), matched.span(), rule.span());
                if let Some(case) = case {
                    case.tell(&mut route, matched.span());
                }
                route.rewrite = rewrite(&self.settings, &middlewares, route.path.known());
                let transport = services.iter().find_map(|service| service.get_text("serversTransport"));
                if transport.is_some() {
                    transported(&mut route, &self.settings, transport);
                }
                let speaks = |scheme: &str| services.iter().any(|service| service.get_text("scheme") == Some(scheme));
                let has_port = services.iter().any(|service| service.get_text("port") == Some("443"));
                route.unverified = route.unverified.filter(|_| speaks("https") || has_port);
                middleware_terms(&mut route, &self.settings, &middlewares);
                if speaks("h2c") {
                    route.module = "grpc";
                    route.streaming = Some("HTTP/2 without TLS to the service is what gRPC needs".into());
                }
                match self.backends(&services) {
                    Some(backends) if !backends.is_empty() => routes.lead(&mut route, backends),
                    _ => route.servers = Fact::not_read("a service that is not one of Kubernetes", vec![rule.span()]),
                }
                routes.routes.push(route);
            }
        }
    }

    /// The names of the middlewares of a rule in order, chains opened; `None`: one could not be found.
    fn middlewares(&self, object: &Object<'t>, rule: NodeRef<'t>) -> Option<Vec<String>> {
        let listed = |node: Option<NodeRef<'t>>| {
            let mut all: Vec<NodeRef<'t>> = node.into_iter().flat_map(NodeRef::items).take(LONGEST_CHAIN).collect();
            all.reverse();
            all
        };
        let mut todo = listed(rule.get("middlewares"));
        let mut found = Vec::new();
        while let Some(next) = todo.pop() {
            let name = next.get_text("name")?;
            let is_far = next.get_text("namespace").is_some_and(|namespace| object.namespace != Some(namespace));
            let spec = self.specs.get(&("Middleware", name)).filter(|_| !is_far && found.len() < LONGEST_CHAIN)?;
            todo.extend(listed(spec.at("chain/middlewares")));
            found.push(name.to_lowercase());
        }
        Some(found)
    }

    /// The Services of Kubernetes behind these, TraefikServices opened; `None`: one of them is something else.
    fn backends(&self, services: &[NodeRef<'t>]) -> Option<Vec<(Address, NodeRef<'t>)>> {
        let mut todo: Vec<NodeRef<'t>> = services.iter().rev().copied().collect();
        let (mut found, mut opened) = (Vec::new(), 0);
        while let Some(service) = todo.pop() {
            let name = service.get_text("name")?;
            if service.get_text("kind") == Some("TraefikService") {
                let spec = self.specs.get(&("TraefikService", name)).filter(|_| opened < LONGEST_CHAIN)?;
                opened += 1;
                let lists = ["weighted/services", "highestRandomWeight/services"].into_iter().filter_map(|list| spec.at(list));
                let several: Vec<NodeRef<'t>> = lists.flat_map(NodeRef::items).take(LONGEST_CHAIN).collect();
                todo.extend(several.into_iter().chain(spec.get("mirroring")));
                continue;
            }
            let host = match service.get_text("namespace") {
                Some(namespace) => format!("{name}.{namespace}"),
                None => name.to_owned(),
            };
            let port = service.get_text("port").and_then(|port| port.trim().parse().ok());
            found.push((Address::of(host, port), service.get("name").unwrap_or(service)));
        }
        Some(found)
    }
}
