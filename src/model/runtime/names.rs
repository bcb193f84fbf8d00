//! Which service a host name means.
//!
//! Names resolve within a project: the services that one Compose project or one namespace runs. A name in a file that no service
//! is known to run is looked for in every project, and the join then rests on the name alone.

use super::route::{Strength, Target};
use super::service::{Project, Runner, Service};

/// Who asks for a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker<'a> {
    /// The file in which the name stands.
    pub(super) path: &'a str,
    /// Indexes of the services that read this file; empty where none is known to.
    pub(super) services: &'a [usize],
}

/// The services of all projects, by name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) projects: &'a [Project],
    pub(super) services: &'a [Service],
}

/// Names that mean the machine itself.
const OWN: [&str; 3] = ["", "localhost", "host.docker.internal"];

impl Names<'_> {
    /// The services that a host name means for who asks: one for each service that reads the file, or the nearest of that name.
    pub(super) fn resolve(&self, host: &str, asker: Asker<'_>) -> Vec<Target> {
        if OWN.contains(&host) || is_address(host) {
            return Vec::new();
        }
        if !asker.services.is_empty() {
            return asker.services.iter().filter_map(|runner| self.behind(*runner, host, asker.path)).collect();
        }
        let candidates = self.services.iter().enumerate().filter_map(|(at, service)| {
            let kind = self.answers(service, host).filter(|_| !service.is_partial)?;
            let project = self.projects.get(service.project)?;
            Some((std::cmp::Reverse(shared_folders(project.folder(), asker.path)), !project.is_default, at, kind, project))
        });
        let best = candidates.min_by_key(|(shared, is_other, at, ..)| (*shared, *is_other, *at));
        best.map(|(_, _, service, kind, project)| {
            let why = format!("`{host}` in `{}` is the {kind} in `{}`", asker.path, project.path());
            Target { service, strength: Strength::Name, why }
        })
        .into_iter()
        .collect()
    }

    /// The service that a host name means within the project of another service.
    pub(super) fn behind(&self, runner: usize, host: &str, path: &str) -> Option<Target> {
        let runner = self.services.get(runner)?;
        let link = runner.links.iter().find(|(name, _)| name == host).map(|(_, service)| service.as_str());
        let found = self.services.iter().position(|service| {
            service.project == runner.project && (self.answers(service, host).is_some() || link == Some(service.name.as_str()))
        })?;
        let project = self.projects.get(runner.project).map_or("", Project::path);
        let why = format!("`{host}` is a service of `{project}`, where `{}` runs `{path}`", runner.name);
        Some(Target { service: found, strength: Strength::Structure, why })
    }

    /// Whether others reach a service by this name, and by what kind of name. In Kubernetes `api.shop.svc.cluster.local` is `api`.
    pub(super) fn answers(&self, service: &Service, host: &str) -> Option<&'static str> {
        let runner = self.projects.get(service.project).map(|project| project.runner);
        let short = match runner {
            // Functions have no host names.
            Some(Runner::Serverless | Runner::Cloudformation | Runner::Terraform) => return None,
            Some(Runner::Kubernetes) => {
                host.split_once('.').map_or(host, |(name, rest)| if is_of_cluster(rest) { name } else { host })
            }
            _ => host,
        };
        answers_to(service, short)
    }
}

/// Whether what follows a name is a namespace, or one with the domain of a cluster.
fn is_of_cluster(rest: &str) -> bool {
    let mut parts = rest.split('.');
    parts.next().is_some_and(|namespace| !namespace.is_empty()) && matches!(parts.next(), None | Some("svc"))
}

/// Whether others reach a service by this name, and by what kind of name.
pub(super) fn answers_to(service: &Service, host: &str) -> Option<&'static str> {
    if service.name == host {
        return Some("service name");
    }
    service.aliases.iter().find(|(name, _)| name == host).map(|(_, kind)| *kind)
}

fn is_address(host: &str) -> bool {
    host.contains(':') || host.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// How many folders from the root a folder and a file have in common.
fn shared_folders(folder: &str, path: &str) -> usize {
    folder.split('/').zip(path.split('/')).take_while(|(a, b)| a == b && !a.is_empty()).count()
}
