//! Names and ports that lead nowhere.

use super::reference::{Meaning, Reference, is_closed};
use super::route::{Gateway, Route};
use super::service::{Front, FrontPort, MissingKey, Port, Runner, Service};
use super::tables::tables;
use super::{Runtime, ServiceRef};
use crate::model::words;
use crate::source::Span;
use std::collections::{HashMap, HashSet};

/// More names that nobody has are not looked for among those that there are.
const MOST_LOST: usize = 500;
/// Words in the names of ports at which a service serves no requests of its clients.
const INWARD: [&str; 13] = [
    "management",
    "mgmt",
    "remoting",
    "cluster",
    "gossip",
    "peer",
    "peers",
    "raft",
    "metrics",
    "prometheus",
    "admin",
    "debug",
    "jmx",
];

/// A port that a name is asked for and that it does not have.
#[derive(Debug, Clone)]
pub struct WrongPort<'r> {
    /// What asks: a variable, a route.
    pub key: String,
    /// The name that is asked.
    pub host: String,
    /// The port that it is asked for.
    pub port: u16,
    /// The service behind the name.
    pub service: ServiceRef<'r>,
    /// The ports that it has.
    pub has: Vec<u16>,
    /// Where the port is asked for.
    pub span: Span,
    /// Where the ports stand.
    pub front: Span,
    /// How that is known.
    pub heard: Heard,
}

/// How it is known at which ports something listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// A Service of Kubernetes has the ports that it lists, and no other.
    Listed,
    /// Its server is told.
    Told,
    /// Its own health check asks there, and what it lists has no other port.
    Checked,
}

/// A Service of Kubernetes that a route asks for and that no manifest makes, while there is one that is called nearly so.
#[derive(Debug, Clone)]
pub struct LostBackend<'r> {
    /// The name that is asked for.
    pub host: &'r str,
    /// The route.
    pub route: &'r Route,
    /// Its gateway.
    pub gateway: &'r Gateway,
    /// The Service that is called nearly so.
    pub alike: &'r Front,
}

/// A gateway that asks its own container for a port at which another service listens.
#[derive(Debug, Clone)]
pub struct LonelyUpstream<'r> {
    /// The service that runs the gateway.
    pub runner: ServiceRef<'r>,
    /// How the gateway calls its own container.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Where it passes requests on.
    pub span: Span,
    /// The service that lists the port.
    pub meant: ServiceRef<'r>,
}

impl Runtime {
    /// Every name without a dot that a route of a gateway passes requests to, and that nobody has in the closed project in which
    /// the gateway runs, nor in any other.
    pub fn unknown_upstreams(&self) -> Vec<Reference<'_>> {
        let closed = |reference: &Reference<'_>| {
            let Some(service) = reference.service.filter(|service| service.is_run_by(Runner::Compose)) else { return false };
            let project = service.service().project;
            let gateway =
                self.routes().find(|route| route.pass_span == reference.span).and_then(|route| self.gateways.get(route.gateway));
            let runners = gateway.map_or(&[][..], |gateway| gateway.services.as_slice());
            let all_closed = runners.iter().all(|at| self.services.get(*at).is_some_and(is_closed));
            let whole = self.services.iter().filter(|other| other.project == project).all(|other| other.open.is_none());
            gateway.is_some() && all_closed && whole
        };
        let mut found: Vec<Reference<'_>> = Vec::new();
        for reference in self.references().into_iter().filter(|one| one.meaning == Meaning::Nobody) {
            if closed(&reference) {
                found.push(reference);
            }
        }
        found
    }

    /// Every route of a gateway that asks its own container for a port, where nothing but the gateway runs in that, and another service
    /// of the project lists the port.
    pub fn lonely_upstreams(&self) -> Vec<LonelyUpstream<'_>> {
        let mut found = Vec::new();
        for route in self.routes() {
            let Some(gateway) = self.gateways.get(route.gateway) else { continue };
            let runners: Option<Vec<ServiceRef<'_>>> =
                gateway.services.iter().map(|at| self.service(*at).filter(|service| service.is_gateway_alone())).collect();
            let Some(runner) = runners.as_ref().and_then(|all| all.first()) else { continue };
            let own = |at: &Gateway| at.services.contains(&runner.index());
            let listens = |port: u16| {
                let mut listeners = self.gateways.iter().filter(|one| own(one)).map(|one| one.listeners.known());
                listeners.all(|all| all.is_some_and(|all| all.iter().all(|one| one.port != port)))
            };
            for server in route.servers.known().into_iter().flatten() {
                let is_own = matches!(server.host.as_str(), "localhost" | "127.0.0.1");
                let Some(port) = server.port.filter(|port| is_own && listens(*port)) else { continue };
                let near = self.services().filter(|one| one.service().project == runner.service().project);
                let mut near = near.filter(|one| one.index() != runner.index());
                if let Some(meant) = near.find(|one| one.service().ports.iter().any(|own| own.container == port)) {
                    found.push(LonelyUpstream { runner: *runner, host: server.host.clone(), port, span: route.pass_span, meant });
                }
            }
        }
        found
    }

    /// Every Service that routes of manifests ask for in vain, where one is called nearly so in the same namespace. One that is
    /// called like nothing there may come from a chart, or from another repository.
    pub fn lost_backends(&self) -> Vec<LostBackend<'_>> {
        let clusters = self.projects.iter().enumerate().filter(|(_, project)| project.runner == Runner::Kubernetes);
        let mut by_file: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, project) in clusters {
            project.files.iter().for_each(|file| by_file.entry(file).or_default().push(at));
        }
        let mut known: HashSet<&str> =
            self.services.iter().flat_map(|one| &one.fronts).map(|front| front.name.as_str()).collect();
        known.extend(self.projects.iter().flat_map(|project| &project.others).map(String::as_str));
        let mut asked: HashSet<(usize, &str)> = HashSet::new();
        let mut found = Vec::new();
        for route in self.routes.iter().filter(|route| route.targets.is_empty()) {
            let Some(gateway) = self.gateways.get(route.gateway) else { continue };
            let Some(projects) = by_file.get(gateway.path.as_str()) else { continue };
            for server in route.servers.known().into_iter().flatten() {
                let host = server.host.as_str();
                let is_lost = !host.contains('.') && !known.contains(host) && asked.len() < MOST_LOST;
                if !is_lost || !asked.insert((route.gateway, host)) {
                    continue;
                }
                let near = self.services.iter().filter(|service| projects.contains(&service.project));
                let is_whole = near.clone().all(|service| service.open.is_none());
                let alike = near.flat_map(|service| &service.fronts).find(|front| is_nearly(&front.name, host));
                if let Some(alike) = alike.filter(|_| is_whole) {
                    found.push(LostBackend { host, route, gateway, alike });
                }
            }
        }
        found
    }

    /// Every port that a route or a variable asks in vain: a Service of Kubernetes for, or a container whose server says where it
    /// listens.
    pub fn wrong_ports(&self) -> Vec<WrongPort<'_>> {
        let all = self.references();
        let unheard = |reference: &Reference<'_>| {
            let (Meaning::Service(target), Some(port)) = (&reference.meaning, reference.port) else { return None };
            let service = self.service(target.service).filter(|service| service.is_run_by(Runner::Compose))?;
            let heard = service.listens_at();
            let said = heard.known().and_then(|has| Some((has.clone(), heard.span()?, Heard::Told)));
            // One health check does not show where else a container listens: where others ask for the port that it checks, the one
            // that is asked for here is a further one.
            let is_asked = |has: &[u16]| {
                let leads =
                    |other: &Reference<'_>| matches!(&other.meaning, Meaning::Service(one) if one.service == target.service);
                all.iter().any(|other| leads(other) && other.port.is_some_and(|port| has.contains(&port)))
            };
            let seems = || service.seems_to_listen_at(port).filter(|(has, ..)| !is_asked(has));
            let (has, span, heard) = said.or_else(seems)?;
            let (key, host) = (reference.key.clone(), reference.host.clone());
            let wrong = WrongPort { key, host, port, service, has, span: reference.span, front: span, heard };
            (!wrong.has.contains(&port)).then_some(wrong)
        };
        // The ports that one service asks one host for under one key.
        let mut asked: HashMap<_, HashSet<u16>> = HashMap::new();
        for reference in &all {
            asked.entry(asks(reference)).or_default().extend(reference.port);
        }
        let wrong = |reference: &Reference<'_>| {
            let (Meaning::Service(target), Some(port)) = (&reference.meaning, reference.port) else { return None };
            let service = self.service(target.service).filter(|service| service.is_run_by(Runner::Kubernetes))?;
            let said = self.services.get(target.service)?;
            let name = reference.host.split('.').next().unwrap_or(&reference.host).to_owned();
            let fronts: Vec<&Front> = said.fronts.iter().filter(|front| front.name == name).collect();
            let ports: Vec<u16> = fronts.iter().flat_map(|front| front.ports.iter().map(|port| port.port)).collect();
            // A headless Service leads to the pods themselves, whatever it lists.
            let is_headless = fronts.iter().any(|front| front.is_headless);
            let front = fronts.first().map(|front| front.span)?;
            // A broker that tells its clients of the port that the Service has may tell itself of another one.
            let is_its_own = reference.service.is_some_and(|one| std::ptr::eq(one.service(), said));
            let is_inner =
                is_its_own && asked.get(&asks(reference)).is_some_and(|all| all.iter().any(|port| ports.contains(port)));
            // A Service of the same name in another namespace is another one.
            let own = self.projects.get(said.project).and_then(|project| project.namespace.as_deref());
            let namespace = reference.host.split('.').nth(1);
            let is_elsewhere = own.zip(namespace).is_some_and(|(own, namespace)| own != namespace);
            let is_known = said.open.is_none() && !is_headless && !is_inner && !is_elsewhere;
            let is_wrong = is_known && !ports.is_empty() && !ports.contains(&port);
            let (key, host, span) = (reference.key.clone(), reference.host.clone(), reference.span);
            is_wrong.then_some(WrongPort { key, host, port, service, has: ports, span, front, heard: Heard::Listed })
        };
        all.iter().filter_map(|reference| unheard(reference).or_else(|| wrong(reference))).collect()
    }

    /// Every port of a Service of Kubernetes that leads to a name which no container of its pods gives to a port, or to a number that
    /// is none of those which they list. Of several workloads that it selects one is enough that has the port.
    pub fn lost_target_ports(&self) -> Vec<(ServiceRef<'_>, &Front, &FrontPort)> {
        let mut lost = Vec::new();
        let mut reached: HashSet<Span> = HashSet::new();
        // One image may run several programs: the command says which.
        let program =
            |service| Some((bare_image(Service::known_image(service)?), service.entrypoint.known(), service.command.known()));
        let programs = self.services.iter().filter_map(|service| Some((program(service)?, &service.ports)));
        let listed: HashSet<_> =
            programs.flat_map(|(program, ports)| ports.iter().map(move |port| (program, port.container))).collect();
        for (at, service) in self.services.iter().enumerate() {
            // A known product listens where its makers say, whatever the manifest lists, and a container that lists nothing anywhere.
            let lists_all = service.lists_all_ports && service.product().is_none();
            let is_known = service.open.is_none() && !service.is_partial;
            let own = program(service);
            for (front, port) in service.fronts.iter().flat_map(|front| front.ports.iter().map(move |port| (front, port))) {
                let is_lost = match port.target.parse::<u16>() {
                    // What another set-up lists for the same image and command listens here, too.
                    Ok(number) => {
                        lists_all
                            && service.ports.iter().all(|one| one.container != number)
                            && !own.is_some_and(|own| listed.contains(&(own, number)))
                    }
                    Err(_) => service.ports.iter().all(|one| one.name.as_deref() != Some(port.target.as_str())),
                };
                // A name that a template or `envsubst` fills in is not known: `${PORT}`.
                let is_filled_in = port.target.contains(['$', '{']);
                let is_injected = is_filled_in || service.injected_ports.contains(&port.target);
                match is_lost && is_known && !is_injected {
                    true => lost.push((at, front, port)),
                    false => drop(reached.insert(port.span)),
                }
            }
        }
        let lost = lost.into_iter().filter(|(.., port)| reached.insert(port.span));
        lost.filter_map(|(at, front, port)| Some((self.service(at)?, front, port))).collect()
    }

    /// Every key that a workload asks an object of the repository for in vain.
    pub fn missing_keys(&self) -> Vec<(ServiceRef<'_>, &MissingKey)> {
        let all = self.services.iter().enumerate();
        let found = all.flat_map(|(at, service)| service.missing_keys.iter().map(move |key| (at, key)));
        found.filter_map(|(at, key)| Some((self.service(at)?, key))).collect()
    }
}

impl<'r> ServiceRef<'r> {
    /// Whether its container runs a gateway and nothing else: a product as it comes, or built upon one without another program, in a
    /// network of its own.
    fn is_gateway_alone(self) -> bool {
        let said = self.service();
        let image = if said.build.known_absent() { said.known_image() } else { said.base_image.as_deref() };
        // What others call by the name of a product may hold more than the product.
        let image = image.filter(|image| is_official(image));
        let is_gateway = image.and_then(|image| tables().product(image)).is_some_and(|product| product.role == "gateway");
        // Its entry point runs the scripts that it finds in a folder.
        let is_extended = said.adds_programs || said.mounts.iter().any(|mount| mount.target.starts_with("/docker-entrypoint"));
        // Containers in its network are reached under its own address.
        let joined = format!("network_mode: service:{}`", self.name());
        let joins = |other: &Service| {
            let why = other.outside.as_deref().unwrap_or_default();
            why.contains(&joined) || why.contains("network_mode: container:")
        };
        let is_joined = self.runtime().services.iter().any(joins);
        let runs_nothing_else = said.entrypoint.known_absent() && said.command.known_absent() && !is_extended && !is_joined;
        is_gateway && runs_nothing_else && said.outside.is_none() && said.open.is_none() && self.is_run_by(Runner::Compose)
    }

    /// A port that its containers list, that no Service in front of it leads to, and that may be for requests: what is named for the
    /// members of a cluster, or for who looks after it, is not meant.
    pub fn unasked_port(self) -> Option<&'r Port> {
        let said = self.service();
        let leads = |port: &Port, target: &str| port.name.as_deref() == Some(target) || port.container.to_string() == target;
        let is_asked = |port: &&Port| said.fronts.iter().flat_map(|front| &front.ports).any(|one| leads(port, &one.target));
        let is_inward = |port: &&Port| {
            let name = port.name.as_deref().unwrap_or_default();
            name.split(['-', '_', '.']).any(|word| INWARD.contains(&word))
        };
        said.ports.iter().find(|port| !is_asked(port) && !is_inward(port))
    }
}

/// Whether an image is one of Docker's official ones: `nginx`, `library/nginx`, `docker.io/library/nginx`.
fn is_official(image: &str) -> bool {
    let folders = image.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.is_empty() || folders.rsplit('/').next() == Some("library")
}

/// What a reference asks, whatever its port: the service that asks, its key, and the host.
fn asks<'a>(reference: &'a Reference<'_>) -> (Option<usize>, &'a str, &'a str) {
    (reference.service.map(ServiceRef::index), reference.key.as_str(), reference.host.as_str())
}

/// An image without its tag and digest.
fn bare_image(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    }
}

/// Whether two names differ by one letter, or by what says that they are services. Those that differ by a number are several.
pub(super) fn is_nearly(one: &str, other: &str) -> bool {
    let bare = |name: &'_ str| -> String {
        let cut = ["-service", "-svc", "-srv"].iter().find_map(|ending| name.strip_suffix(ending));
        cut.unwrap_or(name).to_owned()
    };
    let without_digits = |name: &str| name.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let is_slip = || one.len().min(other.len()) > 4 && words::differs_by_one(one, other);
    bare(one) == bare(other) || (without_digits(one) != without_digits(other) && is_slip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_from_other_services() {
        for (one, other) in [("orders", "orders-svc"), ("orders", "order"), ("frontend", "frotnend")] {
            assert!(is_nearly(one, other), "{one} {other}");
        }
        for (one, other) in [("orders", "grafana"), ("worker-1", "worker-2"), ("api", "app"), ("web", "web-canary")] {
            assert!(!is_nearly(one, other), "{one} {other}");
        }
    }
}
