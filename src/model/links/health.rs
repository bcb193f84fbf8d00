//! Health endpoints of the API against the probes of the service that serves it. The join is by elimination: one document has such
//! endpoints, and one application runs in the project.

use crate::model::Model;
use crate::model::api::OperationRef;
use crate::model::runtime::probing::{is_of_framework, names_health};
use crate::model::runtime::service::{Handler, ProbeKind};
use crate::model::runtime::startup::Check;
use crate::model::runtime::{Role, ServiceRef};
use crate::source::Span;

/// A service that nobody probes although its API has an endpoint for that.
#[derive(Debug, Clone, Copy)]
pub struct UnprobedEndpoint<'m> {
    /// The service.
    pub service: ServiceRef<'m>,
    /// The endpoint.
    pub operation: OperationRef<'m>,
}

/// A probe of a path that the API does not have, although it has another one for that.
#[derive(Debug, Clone)]
pub struct UnservedProbe<'m> {
    /// The service.
    pub service: ServiceRef<'m>,
    /// The path that is asked.
    pub path: &'m str,
    /// Where it is asked.
    pub span: Span,
    /// An endpoint that the API has.
    pub operation: OperationRef<'m>,
    /// Whether a command in the container asks, as the health check of Compose does.
    pub is_command: bool,
}

impl Model {
    /// Every application that nobody probes although its API has an endpoint for that.
    pub fn unprobed_endpoints(&self) -> Vec<UnprobedEndpoint<'_>> {
        let Some(operation) = self.health_operations().first().copied() else { return Vec::new() };
        let unprobed = |service: &ServiceRef<'_>| {
            let said = service.service();
            match said.workload {
                Some(_) => said.probes.is_empty() && said.open.is_none(),
                // What opens no port, and migrates or ends, serves nothing.
                None => {
                    let ends = service.migrates_at_start() || (said.restart.known().is_some() && !service.is_restarted());
                    let serves = !said.ports.is_empty() || !ends;
                    serves && said.healthcheck.known_absent() && !matches!(service.check(), Check::Present(_))
                }
            }
        };
        let is_meant = |service: &ServiceRef<'_>| matches!(service.role(), Role::Application) || self.is_titled(*service);
        let found = self.lone_applications().into_iter().filter(is_meant).filter(unprobed);
        found.map(|service| UnprobedEndpoint { service, operation }).collect()
    }

    /// Every HTTP probe of an application, a health check of Compose included, whose path its API does not have.
    pub fn unserved_probes(&self) -> Vec<UnservedProbe<'_>> {
        let operations = self.health_operations();
        let Some(operation) = operations.first().copied() else { return Vec::new() };
        let mut found = Vec::new();
        for service in self.lone_applications() {
            let said = service.service();
            for probe in said.probes.iter().filter(|probe| probe.kind != ProbeKind::Startup) {
                let Some(Handler::Http(path, port)) = probe.handler.known() else { continue };
                let is_only_port = said.ports.len() == 1
                    && said.ports.iter().all(|one| one.name.as_ref() == Some(port) || one.container.to_string() == *port);
                if is_only_port && !self.serves(path) && !is_of_framework(path) {
                    let span = probe.handler.span().unwrap_or(probe.span);
                    found.push(UnservedProbe { service, path, span, operation, is_command: false });
                }
            }
            let check = said.healthcheck.known_with_origin().and_then(|(check, origin)| Some((check.asked()?, origin.span()?)));
            let Some(((port, path), span)) = check else { continue };
            let is_only_port = said.ports.len() == 1 && said.ports.iter().all(|one| one.container == port);
            if is_only_port && !self.serves(path) && !is_of_framework(path) {
                found.push(UnservedProbe { service, path, span, operation, is_command: true });
            }
        }
        found
    }

    /// Whether a document is titled like the image of a service: `listmonk/listmonk` and "Listmonk API".
    fn is_titled(&self, service: ServiceRef<'_>) -> bool {
        let image = service.service().image.known().map_or("", String::as_str);
        let name = image.rsplit('/').next().unwrap_or("").split([':', '@']).next().unwrap_or("").to_ascii_lowercase();
        let titles = || self.api.documents().map(|document| document.title().to_ascii_lowercase());
        name.split(['-', '_']).filter(|word| word.len() > 2).any(|word| titles().any(|title| title.contains(word)))
    }

    /// The endpoints that say how the service is, where all of them stand in one document.
    fn health_operations(&self) -> Vec<OperationRef<'_>> {
        let is_get = |operation: &OperationRef<'_>| operation.method_name().eq_ignore_ascii_case("get");
        let is_probe = |operation: &OperationRef<'_>| {
            let last = operation.path().trim_end_matches('/').rsplit('/').next().unwrap_or("");
            names_health(last)
        };
        let found: Vec<OperationRef<'_>> =
            self.api.operations().filter(|one| is_get(one) && one.is_health_like() && is_probe(one)).collect();
        let is_one =
            found.windows(2).all(|two| two.first().map(|one| one.span().source) == two.last().map(|one| one.span().source));
        if is_one { found } else { Vec::new() }
    }

    /// Whether an operation has this path, with or without the base path of a server.
    fn serves(&self, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or("").trim_end_matches('/');
        self.api.operations().any(|operation| {
            let own = operation.path().trim_end_matches('/');
            path == own || path.strip_suffix(own).is_some_and(|base| base.starts_with('/'))
        })
    }

    /// The applications that are the only one of their project: no product that is known, and not made for rehearsal.
    fn lone_applications(&self) -> Vec<ServiceRef<'_>> {
        let is_application = |service: &ServiceRef<'_>| {
            let runs_on = !matches!(service.service().workload.as_deref(), Some("Job" | "CronJob" | "Pod"));
            matches!(service.role(), Role::Application | Role::Unknown) && runs_on && !service.service().is_partial
        };
        let all: Vec<ServiceRef<'_>> = self.runtime.services().filter(is_application).collect();
        let is_lone = |service: &&ServiceRef<'_>| {
            all.iter().filter(|other| other.service().project == service.service().project).count() == 1
                && !service.profile().is_rehearsal()
        };
        all.iter().filter(is_lone).copied().collect()
    }
}
