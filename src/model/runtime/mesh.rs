//! Routes of a service mesh, as rules ask for them.

use super::Runtime;
use super::route::Route;
use super::timeout::Timeout;
use crate::fact::{Fact, Origin};

impl Runtime {
    /// Every route of a VirtualService of Istio, in order of file.
    pub fn mesh_routes(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter().filter(|route| self.gateways.get(route.gateway).is_some_and(|gateway| gateway.product.0 == "Istio"))
    }

    /// Whether nothing bounds the requests of a route, because nobody wrote a limit; streams are left out.
    pub fn is_endless_by_default(&self, route: &Route) -> bool {
        let endless = matches!(&route.waits.total, Fact::Known(Timeout { after: None, .. }, Origin::Default { .. }));
        let bounded_tries = route.retry.known().is_some_and(|retry| !retry.per_try.known_absent());
        endless && !bounded_tries && route.streaming.is_none()
    }

    /// Secrets of Kubernetes that hold credentials in the repository, in order of file.
    pub fn committed_secrets(&self) -> impl Iterator<Item = &super::CommittedSecret> {
        self.secrets.iter()
    }
}
