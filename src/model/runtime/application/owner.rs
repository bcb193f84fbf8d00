//! Which services read a settings file.

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

/// The services that read a file: those that mount it, else those that are built from the nearest folder above it, else the only
/// one that is built in the repository at all.
pub(super) fn owners(path: &str, projects: &[Project], services: &[Service]) -> Vec<Owner> {
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
        return owners.collect();
    }
    let [(at, service, _)] = contexts.as_slice() else { return Vec::new() };
    let why = format!("`{}` in `{}` is the only service that is built here", service.name, place(service));
    vec![Owner { service: *at, strength: Strength::Name, why }]
}

/// The repository's root as a mount says nothing: whole repositories are mounted for development.
fn is_mount_of(source: &str, path: &str) -> bool {
    !source.is_empty() && source != "." && is_within(source, path)
}

fn is_within(folder: &str, path: &str) -> bool {
    folder.is_empty() || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
