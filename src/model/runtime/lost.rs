//! Names of services that nobody has: in the variables of others, and in what others wait for.

use super::reference::{CHECK, Meaning, Reference, is_closed};
use super::service::{Dependency, Project, Runner};
use super::upstream::is_nearly;
use super::{Runtime, ServiceRef};
use std::collections::{HashMap, HashSet};

/// So many names are compared letter by letter with those of so many services: what is written wrong is written wrong once.
const MOST_COMPARED: usize = 200;

/// A name in a variable that no service has.
#[derive(Debug, Clone)]
pub struct LostHost<'r> {
    /// Who has the variable, or the health check.
    pub service: ServiceRef<'r>,
    /// What the variable, or the health check, says.
    pub reference: Reference<'r>,
    /// A service of the same project whose name is nearly that one: a misspelling, or what is left of a renaming.
    pub near: Option<ServiceRef<'r>>,
}

/// A service that another one waits for, and that the project does not have.
#[derive(Debug, Clone, Copy)]
pub struct LostDependency<'r> {
    /// Who waits.
    pub waiter: ServiceRef<'r>,
    /// What is written about it.
    pub dependency: &'r Dependency,
    /// A file of another project that has a service of that name: the two may be used together.
    pub elsewhere: Option<&'r str>,
}

impl Runtime {
    /// Every name without a dot in a variable, or in a health check, that nobody has in the closed project of the service, nor in any other. Where services
    /// send their telemetry is another question: [`Runtime::telemetry_endpoints`].
    pub fn lost_hosts(&self) -> Vec<LostHost<'_>> {
        let whole = self.whole_projects();
        let mut found: Vec<LostHost<'_>> = Vec::new();
        let variables = self.references().into_iter().filter(|one| one.is_variable);
        for reference in variables.chain(self.checked_hosts()).filter(|one| one.meaning == Meaning::Nobody) {
            let is_sealed = |service: &ServiceRef<'_>| {
                let is_run = service.is_run_by(Runner::Compose) || service.is_run_by(Runner::Kubernetes);
                let is_whole = whole.get(service.service().project).copied().unwrap_or(false);
                is_run && is_whole && is_closed(service.service()) && !self.leads_outside(service.service(), &reference.host)
            };
            let Some(service) = reference.service.filter(is_sealed) else { continue };
            // Names of services have no capitals; those that are filled in by hand often do.
            let is_template = reference.host.contains(|c: char| c.is_ascii_uppercase()) || reference.host.contains("replace");
            if !is_template && !reference.key.starts_with("OTEL_EXPORTER_OTLP_") {
                let is_compared = found.len() < MOST_COMPARED;
                // A health check asks its own container, as a rule.
                let own = (reference.key == CHECK && is_near(service.name(), &reference.host)).then_some(service);
                let near = own.or_else(|| is_compared.then(|| self.nearly_called(service, &reference.host)).flatten());
                found.push(LostHost { service, near, reference });
            }
        }
        found
    }

    /// Every wait for a service that a whole project does not have. A file that is used with others may have it there.
    pub fn lost_dependencies(&self) -> Vec<LostDependency<'_>> {
        let whole = self.whole_projects();
        let own: HashSet<(usize, &str)> = self.services.iter().map(|one| (one.project, one.name.as_str())).collect();
        let anywhere: HashMap<&str, usize> = self.services.iter().map(|one| (one.name.as_str(), one.project)).collect();
        let mut found = Vec::new();
        for (at, service) in self.services.iter().enumerate().filter(|(_, service)| is_closed(service)) {
            let is_default = self.projects.get(service.project).is_some_and(|project| project.is_default);
            let is_whole = whole.get(service.project).copied().unwrap_or(false);
            let Some(waiter) = self.service(at).filter(|_| is_default && is_whole) else { continue };
            for dependency in service.depends_on.iter().filter(|one| one.is_required) {
                if !own.contains(&(service.project, dependency.service.as_str())) {
                    let elsewhere = anywhere.get(dependency.service.as_str()).and_then(|other| self.projects.get(*other));
                    found.push(LostDependency { waiter, dependency, elsewhere: elsewhere.map(Project::path) });
                }
            }
        }
        found
    }

    /// For each project, whether everything of it was understood.
    pub(super) fn whole_projects(&self) -> Vec<bool> {
        let mut whole = vec![true; self.projects.len()];
        for service in self.services.iter().filter(|service| service.open.is_some()) {
            if let Some(one) = whole.get_mut(service.project) {
                *one = false;
            }
        }
        whole
    }

    /// The service of the same project whose name is nearly this one: but for a letter or two, or for what stands before or after.
    pub(super) fn nearly_called<'r>(&'r self, service: ServiceRef<'r>, host: &str) -> Option<ServiceRef<'r>> {
        let project = service.service().project;
        let others = self.services().filter(|other| other.service().project == project && other.span() != service.span());
        let others: Vec<ServiceRef<'r>> = others.take(MOST_COMPARED).collect();
        let names: Vec<&str> = others.iter().map(|other| other.name()).collect();
        let name = names.iter().find(|name| is_near(name, host)).copied()?;
        others.into_iter().find(|other| other.name() == name)
    }
}

/// Whether two names are the same but for a letter or two, or for what stands before or after.
pub(super) fn is_near(name: &str, other: &str) -> bool {
    let contains = |long: &str, short: &str| {
        let is_most = short.len() >= 4 && short.len() * 5 >= long.len() * 3;
        is_most && (long.starts_with(short) || long.ends_with(short))
    };
    is_nearly(name, other) || contains(name, other) || contains(other, name)
}
