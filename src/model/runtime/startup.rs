//! What services wait for when they start, as a Compose project says it.

use super::compose::{script, words};
use super::probing::WORDS;
use super::rollout::migrates;
use super::service::{Dependency, Project, Runner, Service};
use super::stay::Deployments;
use super::view::Role;
use super::{Runtime, ServiceRef};
use crate::documents::dockerfile::{self, Run};
use crate::fact::{Fact, Origin};
use crate::model::Workspace;
use crate::source::Span;
use std::collections::{BTreeSet, HashMap};

/// A service that waits for another one when it starts.
#[derive(Debug, Clone, Copy)]
pub struct StartWait<'r> {
    /// Who waits.
    pub waiter: ServiceRef<'r>,
    /// What is written about it.
    pub dependency: &'r Dependency,
    /// Whom it waits for.
    pub target: ServiceRef<'r>,
    /// Whether their project is there to work on the code.
    pub is_for_work: bool,
}

/// How the health of a service is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// By a health check of the file, or of the image that is built.
    Present(Span),
    /// Not at all, for certain.
    None,
    /// The image may carry a check.
    Unknown,
}

impl Runtime {
    /// Every wait for a service of the same Compose project, in order.
    pub fn start_waits(&self) -> Vec<StartWait<'_>> {
        self.waits_of(|waiter| !waiter.service().is_partial)
    }

    /// Where the services are named that do their work and end: somebody waits for that.
    pub fn jobs(&self) -> BTreeSet<Span> {
        let waits = self.waits_of(|_| true);
        waits.iter().filter(|wait| wait.is_for_the_end()).map(|wait| wait.target.span()).collect()
    }

    fn waits_of<'r>(&'r self, who: impl Fn(&ServiceRef<'r>) -> bool) -> Vec<StartWait<'r>> {
        let mut by_name: HashMap<(usize, &str), ServiceRef<'_>> = HashMap::new();
        for service in self.services() {
            by_name.entry((service.service().project, service.name())).or_insert(service);
        }
        let deployments = Deployments::of(self);
        let mut found = Vec::new();
        for waiter in self.services().filter(|service| service.is_run_by(Runner::Compose) && who(service)) {
            for dependency in &waiter.service().depends_on {
                let target = by_name.get(&(waiter.service().project, dependency.service.as_str()));
                if let Some(target) = target.filter(|target| !target.service().is_partial) {
                    let is_for_work = deployments.is_for_work(waiter.service().project);
                    found.push(StartWait { waiter, dependency, target: *target, is_for_work });
                }
            }
        }
        found
    }
}

/// Projects of one folder that are for the same kind of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SetUp<'r> {
    folder: &'r str,
    is_rehearsal: bool,
}

impl SetUp<'_> {
    /// `set-up deploy/`, `set-up deploy/ (rehearsal)`.
    pub fn subject(self) -> String {
        let folder = if self.folder.is_empty() { "." } else { self.folder };
        format!("set-up {folder}/{}", if self.is_rehearsal { " (rehearsal)" } else { "" })
    }
}

impl StartWait<'_> {
    /// Whether it only waits until the other one's process has been started.
    pub fn is_for_the_start(&self) -> bool {
        self.dependency.condition == "service_started"
    }

    /// Whether it waits until the other one has done its work and ended.
    pub fn is_for_the_end(&self) -> bool {
        self.dependency.condition == "service_completed_successfully"
    }

    /// Whether the other one takes a while before it answers: a database, a broker, a cache.
    pub fn is_for_a_store(&self) -> bool {
        matches!(self.target.role(), Role::Datastore(_) | Role::Broker(_) | Role::Cache(_) | Role::Pooler)
    }
}

impl<'r> ServiceRef<'r> {
    /// Whether this runner runs it.
    pub fn is_run_by(self, runner: Runner) -> bool {
        self.project().is_some_and(|project| project.runner == runner)
    }

    /// How its health is checked.
    pub fn check(self) -> Check {
        match &self.service().healthcheck {
            Fact::Known(check, origin) => match origin.span() {
                Some(span) if !check.is_disabled => Check::Present(span),
                _ => Check::None,
            },
            Fact::Absent => match &self.service().image_check {
                Fact::Known(span, _) => Check::Present(*span),
                Fact::Absent => Check::None,
                Fact::Unknown(_) => Check::Unknown,
            },
            Fact::Unknown(_) => Check::Unknown,
        }
    }

    /// What its project is a variant of: Compose files beside each other that are for the same kind of use mostly are.
    pub fn set_up(self) -> SetUp<'r> {
        let folder = self.project().map_or("", Project::folder);
        SetUp { folder, is_rehearsal: self.profile().is_rehearsal() }
    }

    /// Whether the file gives it a health check.
    pub fn is_checked_here(self) -> bool {
        matches!(self.check(), Check::Present(_)) && self.service().healthcheck.known().is_some()
    }

    /// Whether it waits for others by itself: a program that polls them, or a variable that asks for it.
    pub fn waits_by_itself(self) -> bool {
        let said = self.service();
        let is_waiter = |word: &String| {
            let name = word.rsplit('/').next().unwrap_or(word).trim_end_matches(".sh").trim_end_matches(".py");
            // The shell has a `wait` of its own, for what it started itself.
            let mut parts = name.split(['-', '_']).filter(|part| *part != name);
            // An option says how long a program may wait for something, or for how much: `--max-wait-ms=500`.
            let is_program = !word.starts_with('-');
            is_program && (WORDS.has("waits", "programs", name) || parts.any(|part| WORDS.has("waits", "parts", part)))
        };
        let asks = |name: &str| WORDS.has("waits", "variables", name.split('_').next().unwrap_or(name));
        [&said.entrypoint, &said.command].into_iter().any(|words| words.known().is_some_and(|all| all.iter().any(is_waiter)))
            || said.environment.iter().any(|(name, _)| asks(name))
    }

    /// Whether its command brings a database up to date before it serves.
    pub fn migrates_at_start(self) -> bool {
        [&self.service().entrypoint, &self.service().command]
            .into_iter()
            .any(|words| words.known().is_some_and(|all| migrates(all)))
    }
}

/// What the image of a service says: of its Dockerfile, or of an official image, which has no HEALTHCHECK. What a Dockerfile runs
/// holds where the file says nothing else: `command` stands in for CMD, and `entrypoint` for both.
pub(super) fn add_image(workspace: &mut Workspace, service: &mut Service, dockerfile: Option<&str>, target: Option<&str>) {
    let spans = vec![service.span];
    let unknown = |why: &str| Fact::not_read(why.to_owned(), spans.clone());
    let Some(context) = service.build.known() else {
        service.image_check = match service.known_image() {
            Some(image) if service.build.known_absent() => match is_official_without_check(image) {
                true => Fact::Absent,
                false => unknown("the image may carry a check"),
            },
            _ => unknown("the image is not known"),
        };
        return;
    };
    let path = format!("{context}/{}", dockerfile.unwrap_or("Dockerfile"));
    let Some(path) = crate::files::resolve("", path.trim_start_matches('/')) else {
        service.image_check = unknown("a Dockerfile elsewhere");
        return;
    };
    let Ok(source) = workspace.source(&path) else {
        service.image_check = unknown("its Dockerfile was not found");
        return;
    };
    let Some(image) = dockerfile::image(source, &workspace.text(source), target) else {
        service.image_check = unknown("its Dockerfile has no such stage");
        return;
    };
    service.image_check = match &image.base {
        _ if image.check.is_some() => image.check.map_or(Fact::Absent, |span| Fact::Known(span, Origin::Explicit(span))),
        Some(base) if is_official_without_check(base) => Fact::Absent,
        _ => unknown("its base image may carry a check"),
    };
    service.base_image = image.base;
    service.adds_programs = image.adds_programs;
    if service.entrypoint.known_absent() {
        let said = |run: Option<(Run, Span)>| run.map_or(Fact::Absent, |(run, span)| Fact::explicit(words_of(run), span));
        service.entrypoint = said(image.entrypoint);
        if service.command.known_absent() {
            service.command = said(image.command);
        }
    }
    let (context, text) = (context.clone(), workspace.text(source));
    script::unfold(workspace, service, &context, &text);
}

fn words_of(run: Run) -> Vec<String> {
    match run {
        Run::Exec(exec) => words::unwrap_shell(&exec),
        Run::Shell(line) => words::split(&line),
    }
}

/// Gives the check of a Dockerfile to the services that run its image without building it: another file of the repository does, for
/// an image of that name, or, beside it, for the service of that name.
pub(super) fn lend_image_checks(projects: &[Project], services: &mut [Service]) {
    let folder = |service: &Service| projects.get(service.project).map_or("", Project::folder);
    let mut by_image: HashMap<String, Span> = HashMap::new();
    let mut by_name: HashMap<(String, String), Span> = HashMap::new();
    for builder in services.iter().filter(|service| service.build.known().is_some()) {
        let Some(check) = builder.image_check.known() else { continue };
        if let Some(image) = builder.image.known() {
            by_image.entry(image.clone()).or_insert(*check);
        }
        by_name.entry((folder(builder).to_owned(), builder.name.clone())).or_insert(*check);
    }
    for service in services.iter_mut().filter(|service| service.build.known_absent() && service.image_check.unknown().is_some()) {
        let same_image = service.image.known().and_then(|image| by_image.get(image));
        let check = same_image.or_else(|| by_name.get(&(folder(service).to_owned(), service.name.clone())));
        if let Some(check) = check {
            service.image_check = Fact::Known(*check, Origin::Explicit(*check));
        }
    }
}

fn is_official_without_check(image: &str) -> bool {
    let reference = image.split('@').next().unwrap_or("");
    let reference = reference.strip_prefix("docker.io/").unwrap_or(reference);
    let name = reference.strip_prefix("library/").unwrap_or(reference);
    WORDS.has("images", "without_check", name.split(':').next().unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn official_images_carry_no_check() {
        assert!(is_official_without_check("valkey/valkey:8.1") && is_official_without_check("pgvector/pgvector:pg17"));
        assert!(is_official_without_check("postgres:17-alpine") && is_official_without_check("docker.io/library/redis@sha256:0"));
        assert!(!is_official_without_check("bitnami/postgresql:17") && !is_official_without_check("ghcr.io/acme/postgres"));
    }
}
