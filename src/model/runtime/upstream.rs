//! Names and ports that lead nowhere.

use super::reference::{Meaning, Reference, is_closed};
use super::service::{Front, FrontPort, MissingKey, Runner};
use super::{Runtime, ServiceRef};
use crate::source::Span;

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
    /// Whether nothing else can listen there: a Service of Kubernetes has the ports that it lists, and no other.
    pub is_certain: bool,
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

    /// Every port that a route or a variable asks a Service of Kubernetes for in vain.
    pub fn wrong_ports(&self) -> Vec<WrongPort<'_>> {
        let wrong = |reference: Reference<'_>| {
            let (Meaning::Service(target), Some(port)) = (&reference.meaning, reference.port) else { return None };
            let service = self.service(target.service).filter(|service| service.is_run_by(Runner::Kubernetes))?;
            let said = self.services.get(target.service)?;
            let name = reference.host.split('.').next().unwrap_or(&reference.host).to_owned();
            let fronts: Vec<&Front> = said.fronts.iter().filter(|front| front.name == name).collect();
            let ports: Vec<u16> = fronts.iter().flat_map(|front| front.ports.iter().map(|port| port.port)).collect();
            // A headless Service leads to the pods themselves, whatever it lists.
            let is_headless = fronts.iter().any(|front| front.is_headless);
            let front = fronts.first().map(|front| front.span)?;
            let is_wrong = said.open.is_none() && !is_headless && !ports.is_empty() && !ports.contains(&port);
            let (key, host, span) = (reference.key, reference.host, reference.span);
            is_wrong.then_some(WrongPort { key, host, port, service, has: ports, span, front, is_certain: true })
        };
        self.references().into_iter().filter_map(wrong).collect()
    }

    /// Every port of a Service of Kubernetes that leads to a name which no container of its pods gives to a port.
    pub fn lost_target_ports(&self) -> Vec<(ServiceRef<'_>, &Front, &FrontPort)> {
        let mut found = Vec::new();
        for (at, service) in self.services.iter().enumerate().filter(|(_, service)| service.open.is_none() && !service.is_partial)
        {
            for front in &service.fronts {
                for port in &front.ports {
                    let is_name = port.target.parse::<u16>().is_err();
                    let is_known = service.ports.iter().any(|one| one.name.as_deref() == Some(port.target.as_str()));
                    if let (true, false, Some(service)) = (is_name, is_known, self.service(at)) {
                        found.push((service, front, port));
                    }
                }
            }
        }
        found
    }

    /// Every key that a workload asks an object of the repository for in vain.
    pub fn missing_keys(&self) -> Vec<(ServiceRef<'_>, &MissingKey)> {
        let all = self.services.iter().enumerate();
        let found = all.flat_map(|(at, service)| service.missing_keys.iter().map(move |key| (at, key)));
        found.filter_map(|(at, key)| Some((self.service(at)?, key))).collect()
    }
}
