//! nginx: which location passes which requests to whom, and how long it waits.
//!
//! Inheritance is nginx's: the nearest block that names a setting wins, lists are replaced as a whole. An `include` that
//! is not in the repository makes everything unknown that it could have said. What is absent: scripts in Lua and JavaScript, maps
//! beyond their default.

mod library;
mod paths;
mod route;
mod scope;
mod server;
mod stream;
pub(super) mod target;
mod terms;

use super::names::Names;
use super::profile::profile;
use super::route::{Gateway, Route};
use super::service::{Project, Service};
use super::tables::tables;
use crate::discover::{Discovery, Kind};
use crate::fact::Product;
use crate::model::Workspace;
use library::Library;
use std::collections::HashMap;

/// Reads every nginx configuration of the repository, in order of path.
pub(super) fn read(
    workspace: &mut Workspace,
    discovery: &Discovery,
    projects: &[Project],
    services: &[Service],
) -> (Vec<Gateway>, Vec<Route>) {
    let paths: Vec<String> =
        discovery.artifacts.iter().filter(|one| one.kind == Kind::Nginx).map(|one| one.path.clone()).collect();
    let mut library = Library::new(workspace, services);
    library.load(&paths);
    let (mut gateways, mut routes) = (Vec::new(), Vec::new());
    let names = Names::new(projects, services);
    for root in library.roots(&paths) {
        let path = library.path(root).to_owned();
        let mut running = target::running(&path, projects, services);
        running.retain(|at| services.get(*at).is_none_or(|service| !is_other_gateway(service)));
        let profile = profile(&path, &[]);
        let mut gateway = Gateway::bare(Product("nginx"), path, running, profile);
        let configuration = library.configuration(root, &gateway.services);
        let (mut found, seen) = route::read(&library, &configuration, gateways.len(), &gateway, services);
        let mut by_host = HashMap::new();
        for route in &mut found {
            route.targets = target::resolve(route, &gateway, &names, &mut by_host);
        }
        seen.tell(&mut gateway, configuration.is_whole);
        routes.extend(found);
        gateways.push(gateway);
    }
    (gateways, routes)
}

/// Whether a service runs a gateway that reads no such files: Kong, Traefik. Its folder may hold one for another set-up.
fn is_other_gateway(service: &Service) -> bool {
    let base = service.base_image.as_deref().and_then(|image| tables().product(image));
    service.product().or(base).is_some_and(|product| product.role == "gateway" && product.name != "nginx")
}
