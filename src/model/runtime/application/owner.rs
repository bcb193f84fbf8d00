//! Which services read a settings file.

use crate::files::is_within;
use crate::model::runtime::route::Strength;
use crate::model::runtime::service::{Project, Service};

/// A service that reads a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Index of the service.
    pub service: usize,
    /// What the join rests on.
    pub strength: Strength,
    /// Why, in one line.
    pub why: String,
}

/// The services that read a file: those that mount it, else those that are built from the nearest folder above it, and those that
/// run elsewhere under its application's name, else the only one that is built in the repository at all. `name`: what the file calls its
/// application.
pub(in crate::model::runtime) fn owners(
    path: &str,
    name: Option<&str>,
    projects: &[Project],
    services: &[Service],
) -> Vec<Owner> {
    let place = |service: &Service| projects.get(service.project).map_or("", Project::path).to_owned();
    let mounting = services.iter().enumerate().filter_map(|(at, service)| {
        let mount =
            service.mounts.iter().find(|mount| mount.source.as_deref().is_some_and(|source| is_mount_of(source, path)))?;
        let why = format!("`{}` mounts `{path}` at `{}` in `{}`", service.name, mount.target, place(service));
        Some(Owner { service: at, strength: Strength::Structure, why })
    });
    let mounting: Vec<Owner> = mounting.collect();
    if !mounting.is_empty() {
        return mounting;
    }
    let contexts = services.iter().enumerate().filter_map(|(at, service)| Some((at, service, service.build.known()?)));
    let contexts: Vec<(usize, &Service, &String)> = contexts.collect();
    let nearest = contexts.iter().filter(|(.., folder)| is_within(folder, path)).map(|(.., folder)| folder.len()).max();
    if let Some(nearest) = nearest {
        let built = contexts.iter().filter(|(.., folder)| folder.len() == nearest && is_within(folder, path));
        let shown = |folder: &str| if folder.is_empty() { ".".to_owned() } else { folder.to_owned() };
        let owners = built.map(|(at, service, folder)| Owner {
            service: *at,
            strength: Strength::Structure,
            why: format!("`{}` in `{}` is built from `{}`, which holds `{path}`", service.name, place(service), shown(folder)),
        });
        let built: Vec<Owner> = owners.collect();
        let is_known = |at: usize| built.iter().any(|owner| owner.service == at);
        let elsewhere = named(path, name, projects, services).into_iter().filter(|owner| !is_known(owner.service));
        // Beside the folder that builds it, the name stands for the same application in a cluster.
        let elsewhere: Vec<Owner> = elsewhere.filter(|owner| is_in_cluster(services.get(owner.service))).collect();
        return built.into_iter().chain(elsewhere).collect();
    }
    let named = named(path, name, projects, services);
    if !named.is_empty() {
        return named;
    }
    let [(at, service, _)] = contexts.as_slice() else { return Vec::new() };
    let why = format!("`{}` in `{}` is the only service that is built here", service.name, place(service));
    vec![Owner { service: *at, strength: Strength::Name, why }]
}

fn is_in_cluster(service: Option<&Service>) -> bool {
    service.is_some_and(|service| service.workload.is_some())
}

/// Folders that are named for what lies in them, and not for an application.
const COMMON_FOLDERS: [&str; 12] = [
    "app",
    "application",
    "backend",
    "conf",
    "config",
    "configuration",
    "deploy",
    "etc",
    "resources",
    "server",
    "services",
    "settings",
];

/// The services that are called as the application is, or as its folder, or run an image of that name. None, where several of one
/// project are.
fn named(path: &str, name: Option<&str>, projects: &[Project], services: &[Service]) -> Vec<Owner> {
    let module = path.split_once("/src/").map(|(module, _)| module).or(path.rsplit_once('/').map(|(folder, _)| folder));
    let folder = module.and_then(|module| module.rsplit('/').next()).filter(|folder| !COMMON_FOLDERS.contains(folder));
    let wanted: Vec<&str> = name.into_iter().chain(folder).filter(|name| !name.contains(['$', '{'])).collect();
    let image_of = |service: &Service| {
        let image = service.known_image()?.split('@').next()?;
        image.rsplit('/').next()?.split(':').next().map(str::to_owned)
    };
    let is_called = |service: &Service, name: &str| {
        let is_alias = service.aliases.iter().any(|(alias, _)| alias == name);
        service.name == name || is_alias || image_of(service).as_deref() == Some(name)
    };
    let is_application = |service: &Service| service.product().is_none() && !service.is_partial;
    let mut found: Vec<Owner> = Vec::new();
    for (at, service) in services.iter().enumerate().filter(|(_, service)| is_application(service)) {
        let Some(name) = wanted.iter().find(|name| is_called(service, name)) else { continue };
        let place = projects.get(service.project).map_or("", Project::path);
        let why = format!("`{}` in `{place}` is called as the application of `{path}`: `{name}`", service.name);
        found.push(Owner { service: at, strength: Strength::Name, why });
    }
    let project = |owner: &Owner| services.get(owner.service).map(|service| service.project);
    let is_alone = |owner: &Owner| found.iter().filter(|other| project(other) == project(owner)).count() == 1;
    found.iter().filter(|owner| is_alone(owner)).cloned().collect()
}

/// The repository's root as a mount says nothing: whole repositories are mounted for development.
fn is_mount_of(source: &str, path: &str) -> bool {
    !source.is_empty() && source != "." && is_within(source, path)
}
