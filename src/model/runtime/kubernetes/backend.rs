//! What routes of manifests lead to: Services by name and port.

use super::ingress::LimitStatus;
use super::object::Object;
use super::service_name;
use crate::documents::NodeRef;
use crate::fact::{Fact, Product};
use crate::model::runtime::profile::profile;
use crate::model::runtime::route::{Address, Gateway, Route, Strength, Target};
use crate::model::runtime::service::{Project, Service};
use crate::model::runtime::timeout::{self, Timeout, Units};
use std::time::Duration;

/// Entries of a list of routes that are read.
pub(super) const MOST: usize = 2_000;

/// Gateways and routes of one group of manifests, while they are read.
pub(super) struct Routes<'a> {
    pub(super) gateways: Vec<Gateway>,
    pub(super) routes: Vec<Route>,
    pub(super) projects: &'a [Project],
    pub(super) services: &'a [Service],
    /// Index of the project whose objects are read.
    pub(super) project: usize,
    /// What ingress-nginx answers above a limit, where its ConfigMap is in the repository.
    pub(super) limit_status: LimitStatus,
}

impl Routes<'_> {
    /// Adds the gateway that an object makes; its index.
    pub(super) fn gateway(&mut self, object: &Object<'_>, product: &'static str) -> usize {
        let path = object.path.to_owned();
        self.gateways.push(Gateway::bare(Product(product), path, Vec::new(), profile(object.path, &[])));
        self.gateways.len() - 1
    }

    /// Every place is read at which a gateway passes requests on.
    pub(super) fn knows_routes(&mut self, gateway: usize) {
        if let Some(gateway) = self.gateways.get_mut(gateway) {
            gateway.knows_routes = true;
        }
    }

    /// The route's servers are these Services; those that the repository has become its targets.
    pub(super) fn lead(&self, route: &mut Route, backends: Vec<(Address, NodeRef<'_>)>) {
        let mut addresses = Vec::new();
        for (address, node) in backends {
            route.pass_span = node.span();
            if let Some(target) = self.target(&address.host) {
                route.targets.push(target);
            }
            addresses.push(address);
        }
        route.targets.sort_by_key(|target| target.service);
        route.targets.dedup_by_key(|target| target.service);
        route.servers = Fact::explicit(addresses, route.pass_span);
    }

    fn target(&self, host: &str) -> Option<Target> {
        let own = self.projects.get(self.project)?;
        let (name, namespace) = service_name(host);
        let namespace = namespace.or(own.namespace.as_deref());
        let is_near = |at: usize| {
            at == self.project
                || self.projects.get(at).is_some_and(|one| namespace.is_some() && one.namespace.as_deref() == namespace)
        };
        let service = self
            .services
            .iter()
            .position(|service| is_near(service.project) && service.fronts.iter().any(|front| front.name == name))?;
        let found = self.services.get(service)?;
        let path = self.projects.get(found.project).map_or("", Project::path);
        let why = format!("`{host}` is a Service of `{path}` that selects the pods of `{}`", found.name);
        Some(Target { service, strength: Strength::Structure, why })
    }
}

/// A length of time under a key; zero means that there is none.
pub(super) fn duration(node: Option<NodeRef<'_>>) -> Fact<Timeout> {
    let Some(node) = node.filter(|node| !node.is_null()) else { return Fact::Absent };
    match node.text().and_then(|text| Some((text, timeout::parse(text, Units::Common, None)?))) {
        Some((text, duration)) => Fact::explicit(Timeout::or_never(duration, text), node.span()),
        None => Fact::not_read("not a length of time", vec![node.span()]),
    }
}

/// A number of seconds in an annotation.
pub(super) fn annotated_seconds(object: &Object<'_>, name: &str) -> Fact<Timeout> {
    let Some((_, value)) = object.annotation(name) else {
        return Fact::not_read("the settings of the controller decide", vec![object.name_span]);
    };
    match value.text().and_then(|text| Some((text, text.trim().trim_end_matches('s').parse::<u64>().ok()?))) {
        Some((text, seconds)) => Fact::explicit(Timeout::after(Duration::from_secs(seconds), text.trim()), value.span()),
        None => Fact::not_read("not a number of seconds", vec![value.span()]),
    }
}
