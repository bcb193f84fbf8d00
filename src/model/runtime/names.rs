//! Which service a host name means.
//!
//! Names resolve within a project: the services that one Compose project or one namespace runs. A name in a file that no service
//! is known to run is looked for in every project, and the join then rests on the name alone.

use super::route::{Strength, Target};
use super::service::{Project, Runner, Service};
use std::collections::HashMap;
use std::rc::Rc;

/// Who asks for a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker<'a> {
    /// The file in which the name stands.
    pub(super) path: &'a str,
    /// Indexes of the services that read this file; empty where none is known to.
    pub(super) services: &'a [usize],
}

/// The services of all projects, by name.
#[derive(Debug, Clone)]
pub(super) struct Names<'a> {
    pub(super) projects: &'a [Project],
    pub(super) services: &'a [Service],
    /// Names and aliases to the indexes of their services, in order: a project may have thousands.
    by_name: Rc<HashMap<&'a str, Vec<usize>>>,
}

/// Names that mean the machine itself.
const OWN: [&str; 3] = ["", "localhost", "host.docker.internal"];

impl<'a> Names<'a> {
    /// The names of these services.
    pub(super) fn new(projects: &'a [Project], services: &'a [Service]) -> Names<'a> {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, service) in services.iter().enumerate() {
            let aliases = service.aliases.iter().map(|(name, _)| name.as_str());
            for name in std::iter::once(service.name.as_str()).chain(aliases) {
                let known = by_name.entry(name).or_default();
                if known.last() != Some(&at) {
                    known.push(at);
                }
            }
        }
        Names { projects, services, by_name: Rc::new(by_name) }
    }

    /// The services that may answer to a name, in order: those called so, and of a cluster those called by its first part.
    fn called(&self, host: &str) -> Vec<(usize, &'a Service)> {
        let short = host.split('.').next().filter(|short| *short != host);
        let replicas = replica(host).into_iter().flat_map(|base| base.match_indices(['-', '_']).map(|(at, _)| &base[at + 1..]));
        let names = [Some(host), short].into_iter().flatten().chain(replicas);
        let mut found: Vec<usize> = names.filter_map(|name| self.by_name.get(name)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|at| Some((at, self.services.get(at)?))).collect()
    }

    /// The first service of a project that is called so, without what a cluster adds to a name.
    pub(super) fn within(&self, project: usize, host: &str) -> Option<usize> {
        let all = self.by_name.get(host).into_iter().flatten().copied();
        all.into_iter().find(|at| self.services.get(*at).is_some_and(|service| service.project == project))
    }

    /// The services that a host name means for who asks: one for each service that reads the file, or the nearest of that name.
    pub(super) fn resolve(&self, host: &str, asker: Asker<'_>) -> Vec<Target> {
        if OWN.contains(&host) || is_address(host) {
            return Vec::new();
        }
        if let Some(managed) = self.managed(host) {
            return vec![managed];
        }
        if !asker.services.is_empty() {
            let found: Vec<Target> = asker.services.iter().filter_map(|runner| self.behind(*runner, host, asker.path)).collect();
            // A chart is installed into a namespace, whose other objects may stand elsewhere in the repository.
            if !found.is_empty() || !asker.services.iter().any(|runner| self.is_of_chart(*runner)) {
                return found;
            }
        }
        let candidates = self.called(host).into_iter().filter_map(|(at, service)| {
            let kind = self.answers(service, host).filter(|_| !service.is_partial && !self.is_of_chart(at))?;
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

    /// The managed server of a cloud that an address means: `shop-db.c1a2b3.eu-west-1.rds.amazonaws.com` has its name in it.
    pub(super) fn managed(&self, host: &str) -> Option<Target> {
        let named = host.strip_suffix(".rds.amazonaws.com").or_else(|| host.strip_suffix(".cache.amazonaws.com"))?;
        let is_managed = |service: &&usize| {
            let project = self.services.get(**service).and_then(|service| self.projects.get(service.project));
            project
                .is_some_and(|project| matches!(project.runner, Runner::Terraform | Runner::Cloudformation | Runner::Serverless))
        };
        let found = named.split('.').take(2).find_map(|name| {
            let mut called = self.by_name.get(name).into_iter().flatten().filter(is_managed);
            let first = *called.next()?;
            called.next().is_none().then_some((name, first))
        });
        let (name, service) = found?;
        let project = self.services.get(service).and_then(|service| self.projects.get(service.project)).map_or("", Project::path);
        Some(Target { service, strength: Strength::Name, why: format!("`{host}` has the name of `{name}` in `{project}`") })
    }

    /// Whether a service is part of a chart: its names are those of an installation.
    fn is_of_chart(&self, service: usize) -> bool {
        let project = self.services.get(service).and_then(|service| self.projects.get(service.project));
        project.is_some_and(|project| project.runner == Runner::Helm)
    }

    /// The service that a host name means within the project of another service.
    pub(super) fn behind(&self, runner: usize, host: &str, path: &str) -> Option<Target> {
        let runner = self.services.get(runner)?;
        let link = runner.links.iter().find(|(name, _)| name == host).map(|(_, service)| service.as_str());
        let called = self
            .called(host)
            .into_iter()
            .filter(|(_, service)| service.project == runner.project && self.answers(service, host).is_some());
        let linked = link.and_then(|link| self.within(runner.project, link));
        let found = called.map(|(at, _)| at).chain(linked).min()?;
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
        let of_container = || {
            let called = self.projects.get(service.project)?.name.as_deref()?;
            self.before(service, host).filter(|before| *before == called).map(|_| "name of one of its containers")
        };
        answers_to(service, short).or_else(of_container)
    }

    /// Whether a name has the form in which Compose names the containers of a service of the repository. A project may be called
    /// otherwise on the command line, so that nobody can say that it means none of them.
    pub(super) fn may_be_container(&self, host: &str) -> bool {
        self.called(host).into_iter().any(|(_, service)| self.before(service, host).is_some())
    }

    /// What stands before the service in such a name: `shop` in `shop-api-1`.
    fn before<'h>(&self, service: &Service, host: &'h str) -> Option<&'h str> {
        let is_compose = self.projects.get(service.project).is_some_and(|project| project.runner == Runner::Compose);
        let rest = replica(host).filter(|_| is_compose)?.strip_suffix(service.name.as_str())?;
        rest.strip_suffix(['-', '_']).filter(|before| !before.is_empty())
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

/// `shop-api` of `shop-api-1`: how Compose calls the containers of a service, after the project.
fn replica(host: &str) -> Option<&str> {
    let base = host.trim_end_matches(|c: char| c.is_ascii_digit());
    base.strip_suffix(['-', '_']).filter(|_| base.len() < host.len())
}

fn is_address(host: &str) -> bool {
    host.contains(':') || host.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// How many folders from the root a folder and a file have in common.
fn shared_folders(folder: &str, path: &str) -> usize {
    folder.split('/').zip(path.split('/')).take_while(|(a, b)| a == b && !a.is_empty()).count()
}
