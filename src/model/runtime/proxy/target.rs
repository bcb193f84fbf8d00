//! Which compose services run a gateway, and which stand behind its routes.

use super::super::compose::{Project, Service};
use super::super::tables::tables;
use super::{Gateway, Route};
use std::collections::HashMap;

/// How sure it is that a service is the one meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// The names are the same.
    Name,
    /// The service that runs the gateway is in the same project: that is how its names resolve.
    Structure,
}

/// A service behind a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Index of the service.
    pub service: usize,
    /// How sure it is.
    pub strength: Strength,
    /// Why it was taken to be this one.
    pub why: String,
}

/// The services that run a configuration file: they mount it, or are built from the folder that holds it.
pub(super) fn running(path: &str, projects: &[Project], services: &[Service]) -> Vec<usize> {
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
    deepest.map_or_else(Vec::new, |deepest| all(services, |service| context(service) == Some(deepest)))
}

fn all(services: &[Service], test: impl Fn(&Service) -> bool) -> Vec<usize> {
    services.iter().enumerate().filter(|(_, service)| test(service)).map(|(at, _)| at).collect()
}

fn mounts(service: &Service, path: &str) -> bool {
    let is_gateway =
        service.image.known().and_then(|image| tables().product(image)).is_some_and(|product| product.role == "gateway");
    service.mounts.iter().any(|mount| {
        let Some(source) = &mount.source else { return false };
        let within = path == source || path.strip_prefix(source.as_str()).is_some_and(|rest| rest.starts_with('/'));
        within && (is_gateway || mount.target.contains("nginx"))
    })
}

/// Whether others reach a service by this name, and by what kind of name.
pub(in crate::model::runtime) fn answers_to(service: &Service, host: &str) -> Option<&'static str> {
    if service.name == host {
        return Some("service name");
    }
    service.aliases.iter().find(|(name, _)| name == host).map(|(_, kind)| *kind)
}

/// The services behind a route. `by_host` remembers what a host was resolved to for this gateway.
pub(super) fn resolve(
    route: &Route,
    gateway: &Gateway,
    projects: &[Project],
    services: &[Service],
    by_host: &mut HashMap<String, Vec<Target>>,
) -> Vec<Target> {
    let Some(hosts) = route.hosts.known() else { return Vec::new() };
    let mut targets = Vec::new();
    for host in hosts.iter().take(50) {
        let found = by_host.entry(host.clone()).or_insert_with(|| of_host(host, gateway, projects, services));
        targets.extend(found.iter().cloned());
    }
    targets.sort_by_key(|target| target.service);
    targets.dedup_by_key(|target| target.service);
    targets
}

fn of_host(host: &str, gateway: &Gateway, projects: &[Project], services: &[Service]) -> Vec<Target> {
    if matches!(host, "" | "localhost" | "host.docker.internal") || is_address(host) {
        return Vec::new();
    }
    if !gateway.services.is_empty() {
        let behind = |runner: usize| {
            let runner = services.get(runner)?;
            let link = runner.links.iter().find(|(name, _)| name == host).map(|(_, service)| service.as_str());
            let found = services.iter().position(|service| {
                service.project == runner.project && (answers_to(service, host).is_some() || link == Some(service.name.as_str()))
            })?;
            let path = projects.get(runner.project).map_or("", Project::path);
            let why = format!("`{host}` is a service of `{path}`, where `{}` runs `{}`", runner.name, gateway.path);
            Some(Target { service: found, strength: Strength::Structure, why })
        };
        return gateway.services.iter().filter_map(|runner| behind(*runner)).collect();
    }
    let candidates = services.iter().enumerate().filter_map(|(at, service)| {
        let kind = answers_to(service, host).filter(|_| !service.is_partial)?;
        let project = projects.get(service.project)?;
        Some((std::cmp::Reverse(shared_folders(project.folder(), &gateway.path)), !project.is_default, at, kind, project))
    });
    let best = candidates.min_by_key(|(shared, is_other, at, ..)| (*shared, *is_other, *at));
    best.map(|(_, _, service, kind, project)| {
        let why = format!("`{host}` in `{}` is the {kind} in `{}`", gateway.path, project.path());
        Target { service, strength: Strength::Name, why }
    })
    .into_iter()
    .collect()
}

fn is_address(host: &str) -> bool {
    host.contains(':') || host.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// How many folders from the root a folder and a file have in common.
fn shared_folders(folder: &str, path: &str) -> usize {
    folder.split('/').zip(path.split('/')).take_while(|(a, b)| a == b && !a.is_empty()).count()
}
