//! What services wait for when they start, as a Compose project says it.

use super::probing::WORDS;
use super::rollout::migrates;
use super::service::{Dependency, Runner, Service};
use super::view::Role;
use super::{Runtime, ServiceRef};
use crate::fact::{Fact, Origin};
use crate::model::Workspace;
use crate::source::Span;
use std::collections::HashMap;

/// A service that waits for another one when it starts.
#[derive(Debug, Clone, Copy)]
pub struct StartWait<'r> {
    /// Who waits.
    pub waiter: ServiceRef<'r>,
    /// What is written about it.
    pub dependency: &'r Dependency,
    /// Whom it waits for.
    pub target: ServiceRef<'r>,
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
        let mut by_name: HashMap<(usize, &str), ServiceRef<'_>> = HashMap::new();
        for service in self.services() {
            by_name.entry((service.service().project, service.name())).or_insert(service);
        }
        let mut found = Vec::new();
        for waiter in self.services().filter(|service| service.is_run_by(Runner::Compose) && !service.service().is_partial) {
            for dependency in &waiter.service().depends_on {
                let target = by_name.get(&(waiter.service().project, dependency.service.as_str()));
                if let Some(target) = target.filter(|target| !target.service().is_partial) {
                    found.push(StartWait { waiter, dependency, target: *target });
                }
            }
        }
        found
    }
}

impl StartWait<'_> {
    /// Whether it only waits until the other one's process has been started.
    pub fn is_for_the_start(&self) -> bool {
        self.dependency.condition == "service_started"
    }

    /// Whether the other one takes a while before it answers: a database, a broker, a cache.
    pub fn is_for_a_store(&self) -> bool {
        matches!(self.target.role(), Role::Datastore(_) | Role::Broker(_) | Role::Cache(_) | Role::Pooler)
    }
}

impl ServiceRef<'_> {
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

    /// Whether its command brings a database up to date before it serves.
    pub fn migrates_at_start(self) -> bool {
        [&self.service().entrypoint, &self.service().command]
            .into_iter()
            .any(|words| words.known().is_some_and(|all| migrates(all)))
    }
}

/// The HEALTHCHECK of the image of a service (of its Dockerfile, or of an official image, which has none), and the image that its
/// Dockerfile builds upon.
pub(super) fn image_check(
    workspace: &mut Workspace,
    service: &Service,
    dockerfile: Option<&str>,
) -> (Fact<Span>, Option<String>) {
    let unknown = |why: &str| (Fact::not_read(why.to_owned(), vec![service.span]), None);
    let Some(context) = service.build.known() else {
        return match &service.image {
            Fact::Known(image, _) if service.build.known_absent() => match is_official_without_check(image) {
                true => (Fact::Absent, None),
                false => unknown("the image may carry a check"),
            },
            _ => unknown("the image is not known"),
        };
    };
    let path = format!("{context}/{}", dockerfile.unwrap_or("Dockerfile"));
    let Some(path) = crate::files::resolve("", path.trim_start_matches('/')) else { return unknown("a Dockerfile elsewhere") };
    let Ok(source) = workspace.source(&path) else { return unknown("its Dockerfile was not found") };
    let text = workspace.text(source);
    let mut base = None;
    let mut check = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let mut words = line.split_whitespace();
        match words.next().map(str::to_ascii_uppercase).as_deref() {
            Some("FROM") => {
                base = words.find(|word| !word.starts_with("--")).map(str::to_owned);
                check = None;
            }
            Some("HEALTHCHECK") => {
                check = (words.next() != Some("NONE")).then(|| Span::new(source, at, at + line.trim_end().len()))
            }
            _ => {}
        }
        at += line.len();
    }
    match (check, base) {
        (Some(span), base) => (Fact::Known(span, Origin::Explicit(span)), base),
        (None, Some(base)) if is_official_without_check(&base) => (Fact::Absent, Some(base)),
        (None, base) => (unknown("its base image may carry a check").0, base),
    }
}

fn is_official_without_check(image: &str) -> bool {
    let reference = image.split('@').next().unwrap_or("");
    let reference = reference.strip_prefix("docker.io/").unwrap_or(reference);
    let name = reference.strip_prefix("library/").unwrap_or(reference);
    let name = name.split(':').next().unwrap_or("");
    !name.contains('/') && WORDS.has("images", "without_check", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn official_images_carry_no_check() {
        assert!(is_official_without_check("postgres:17-alpine") && is_official_without_check("docker.io/library/redis@sha256:0"));
        assert!(!is_official_without_check("bitnami/postgresql:17") && !is_official_without_check("ghcr.io/acme/postgres"));
    }
}
