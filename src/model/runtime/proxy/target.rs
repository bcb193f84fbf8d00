//! Which compose services run a gateway, and which stand behind its routes.

use super::super::names::{Asker, Names};
use super::super::route::{Gateway, Route, Target};
use super::super::service::{Project, Service};
use crate::files::is_within;
use std::collections::HashMap;

/// The services that run a configuration file: they mount it, or are built from the folder that holds it.
pub(in crate::model::runtime) fn running(path: &str, projects: &[Project], services: &[Service]) -> Vec<usize> {
    let mounted: Vec<usize> = all(services, |service| mounts(service, path));
    if !mounted.is_empty() {
        return mounted;
    }
    // The build context of a whole project proves nothing: it holds every file.
    let context = |service: &Service| {
        let context = service.build.known()?;
        let whole = projects.get(service.project).map_or("", Project::folder);
        (context != whole && !context.is_empty() && path.strip_prefix(context.as_str())?.starts_with('/'))
            .then_some(context.len())
    };
    let deepest = services.iter().filter_map(context).max();
    if let Some(deepest) = deepest {
        return all(services, |service| context(service) == Some(deepest));
    }
    // Built from a context that holds more than itself, in a folder that has its name.
    let folder = path.rsplit('/').nth(1).unwrap_or("");
    all(services, |service| {
        service.build.known().is_some_and(|context| path.starts_with(context.as_str())) && service.name == folder
    })
}

fn all(services: &[Service], test: impl Fn(&Service) -> bool) -> Vec<usize> {
    services.iter().enumerate().filter(|(_, service)| test(service)).map(|(at, _)| at).collect()
}

fn mounts(service: &Service, path: &str) -> bool {
    let is_gateway = service.product().is_some_and(|product| product.role == "gateway");
    service.mounts.iter().any(|mount| {
        let Some(source) = &mount.source else { return false };
        !source.is_empty() && is_within(source, path) && (is_gateway || mount.target.contains("nginx"))
    })
}

/// The services behind a route. `by_host` remembers what a host was resolved to for this gateway.
pub(in crate::model::runtime) fn resolve(
    route: &Route,
    gateway: &Gateway,
    names: &Names<'_>,
    by_host: &mut HashMap<String, Vec<Target>>,
) -> Vec<Target> {
    let Some(servers) = route.servers.known() else { return Vec::new() };
    let asker = Asker { path: &gateway.path, services: &gateway.services };
    let mut targets = Vec::new();
    for server in servers.iter().take(50) {
        let found = by_host.entry(server.host.clone()).or_insert_with(|| names.resolve(&server.host, asker));
        targets.extend(found.iter().cloned());
    }
    targets.sort_by_key(|target| target.service);
    targets.dedup_by_key(|target| target.service);
    targets
}
