//! Whether a service is meant to stay up, and not for the length of a session of work.

use super::profile::profile;
use super::service::{Runner, Service};
use super::tables::tables;
use super::view::Role;
use super::{Profile, Runtime, ServiceRef};
use crate::files;

/// What says that a service is meant to stay up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stay {
    /// A cluster runs it.
    Cluster,
    /// Its file is for production.
    Production,
    /// Its project deploys released images, or what it builds, and starts it again whenever it ends.
    Restarted,
    /// Nothing.
    Unsaid,
}

/// Which projects are deployments, by index.
///
/// A project that runs an application from a released image and builds nothing is one: that is how one deploys. What only adds to the
/// service of another file, or ends for good, is no such application. So is a project that
/// builds what it runs, where its applications are started again for ever and see none of their sources. Any other that builds its
/// services, or has stores alone, is for work on the code; so is one whose applications are told that they are run so.
pub(super) struct Deployments(Vec<Use>);

/// What the services of a project say that it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It deploys.
    Deployment,
    /// Work on the code: a service mounts the folder that it is built from, or is told to run for that or for tests.
    Work,
    /// Nothing is said.
    Unsaid,
}

impl Deployments {
    /// Judges every project, each service looked at once.
    pub(super) fn of(runtime: &Runtime) -> Deployments {
        let mut by_project: Vec<Vec<ServiceRef<'_>>> = vec![Vec::new(); runtime.projects.len()];
        // What starts only with a profile for tests or for work on the code says nothing about the others.
        let is_beside = |one: &ServiceRef<'_>| !one.service().profiles.is_empty() && one.profile().is_rehearsal();
        for service in runtime.services().filter(|one| !is_beside(one)) {
            if let Some(all) = by_project.get_mut(service.service().project) {
                all.push(service);
            }
        }
        Deployments(by_project.iter().map(|all| use_of(all)).collect())
    }

    /// Whether a project is there to work on the code, and on one machine.
    pub(super) fn is_for_work(&self, project: usize) -> bool {
        self.0.get(project) == Some(&Use::Work)
    }

    /// Whether a service is meant to stay up, and what says so.
    pub(super) fn stay(&self, service: ServiceRef<'_>) -> Stay {
        let is_deployed = || self.0.get(service.service().project) == Some(&Use::Deployment);
        match service.profile() {
            _ if service.is_run_by(Runner::Kubernetes) => Stay::Cluster,
            Profile::Production => Stay::Production,
            _ if service.is_restarted() && is_deployed() => Stay::Restarted,
            _ => Stay::Unsaid,
        }
    }
}

fn use_of(all: &[ServiceRef<'_>]) -> Use {
    match is_deployment(all) {
        _ if is_told_to_rehearse(all) => Use::Work,
        true => Use::Deployment,
        false if all.iter().any(|one| one.sees_its_sources()) => Use::Work,
        false => Use::Unsaid,
    }
}

/// Whether services are told to run for work on the code or for tests (`SPRING_PROFILES_ACTIVE=dev`), and none for production. Those
/// that are built here say it first: a released image of somebody else mostly has to be told that it runs for production. So do
/// images that stand in for others, where no released application is started again for ever beside them, and the names of containers,
/// where each has one.
fn is_told_to_rehearse(all: &[ServiceRef<'_>]) -> bool {
    let is_application = |one: &ServiceRef<'_>| matches!(one.role(), Role::Application | Role::Unknown | Role::Worker);
    let is_released = all.iter().any(|one| {
        let said = one.service();
        said.build.known_absent() && !said.is_partial && one.is_restarted() && is_application(one) && !stands_in(said)
    });
    // What starts only when it is asked for speaks for itself alone.
    let all: Vec<&Service> = all.iter().map(|one| one.service()).filter(|one| one.profiles.is_empty()).collect();
    let told = |one: &&&Service| one.told_profile != Profile::Unknown;
    let built: Vec<Profile> =
        all.iter().filter(told).filter(|one| !one.build.known_absent()).map(|one| one.told_profile).collect();
    let told = match built.is_empty() {
        true => all.iter().filter(told).map(|one| one.told_profile).collect(),
        false => built,
    };
    if !told.is_empty() {
        return told.iter().all(|profile| profile.is_rehearsal());
    }
    if all.iter().any(|one| stands_in(one)) && !is_released {
        return true;
    }
    let names = |one: &&Service| {
        let named = one.aliases.iter().filter(|(_, kind)| *kind == "container name");
        named.map(|(name, _)| profile(name, &[])).collect::<Vec<Profile>>()
    };
    let mut containers = all.iter().flat_map(names).peekable();
    containers.peek().is_some() && containers.all(|profile| profile == Profile::Development)
}

/// Whether it stands in for what a cloud or a mail server does where it matters: an emulator, a catcher of mails.
fn stands_in(service: &Service) -> bool {
    let Some(image) = service.known_image() else { return false };
    let name = image.split('@').next().unwrap_or(image);
    // A port of a registry stands before a slash.
    let name = name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(name, |(name, _)| name);
    let is_public = |place: &str| tables().words("profile", "public_registries").iter().any(|known| known == place);
    let name = name.split_once('/').filter(|(place, _)| is_public(place)).map_or(name, |(_, name)| name);
    tables().words("profile", "stand_ins").iter().any(|known| known == name)
}

fn is_deployment(all: &[ServiceRef<'_>]) -> bool {
    let is_job = |one: &ServiceRef<'_>| one.service().restart.known().is_some() && !one.is_restarted();
    let is_application = |other: &&ServiceRef<'_>| matches!(other.role(), Role::Application | Role::Unknown | Role::Worker);
    let mut applications = all.iter().filter(is_application);
    if all.iter().all(|other| other.service().build.known_absent()) {
        return applications.any(|one| !is_job(one) && !one.service().is_partial);
    }
    let builds_one = all.iter().any(|one| one.role() == Role::Application);
    builds_one && applications.all(|one| is_job(one) || (one.is_restarted() && !one.sees_its_sources()))
}

impl ServiceRef<'_> {
    /// Whether it is started again whenever it ends.
    pub fn is_restarted(self) -> bool {
        self.service().restart.known().is_some_and(|policy| matches!(policy.as_str(), "always" | "unless-stopped"))
    }

    /// Whether it mounts the folder that it is built from, or the sources in it over those of its image, as one does to work on it.
    fn sees_its_sources(self) -> bool {
        let said = self.service();
        let Some(build) = said.build.known() else { return false };
        said.mounts.iter().any(|mount| {
            let is_src = |path: &str| path.rsplit('/').next() == Some("src");
            let source = mount.source.as_deref();
            source.is_some_and(|source| {
                files::is_within(source, build) || (is_src(source) && is_src(&mount.target) && files::is_within(build, source))
            })
        })
    }
}
