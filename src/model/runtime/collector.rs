//! OpenTelemetry collectors: their pipelines, and where services send their telemetry.

use super::alert::tree;
use super::profile::{Profile, profile};
use super::service::{Project, Runner, Service};
use super::{Runtime, ServiceRef};
use crate::discover::{Discovery, Kind};
use crate::documents::NodeRef;
use crate::model::Workspace;
use crate::source::Span;
use std::collections::HashSet;

/// A configuration of a collector.
#[derive(Debug, Clone)]
pub struct Collector {
    /// Its path.
    pub path: String,
    /// Pipelines without a memory limiter: name, and where it stands.
    pub unlimited: Vec<(String, Span)>,
    /// How many pipelines there are.
    pub pipelines: usize,
    /// Exporters that are told not to try again: name, and where that stands.
    pub giving_up: Vec<(String, Span)>,
    /// For which kind of use it is made.
    pub profile: Profile,
}

/// A variable that names a place to send telemetry to.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'r> {
    /// Who has the variable.
    pub service: ServiceRef<'r>,
    /// The variable.
    pub variable: &'r str,
    /// The host that it names.
    pub host: &'r str,
    /// Where the value stands.
    pub span: Span,
    /// Whether it may be somebody.
    pub is_known: bool,
}

/// Collectors, and projects that may reach more than their own services.
#[derive(Debug, Default)]
pub struct Telemetry {
    collectors: Vec<Collector>,
    /// For each project, whether its files name something outside: a network of another project, or of the host.
    leads_outside: Vec<bool>,
}

/// Reads every collector.
pub(super) fn read(workspace: &mut Workspace, discovery: &Discovery, projects: &[Project]) -> Telemetry {
    let says = |text: &str| ["external:", "network_mode:", "external_links:"].iter().any(|word| text.contains(word));
    let mut leads_outside = |project: &Project| {
        let mut says_so = |path: &String| workspace.source(path).is_ok_and(|source| says(&workspace.text(source)));
        project.runner == Runner::Compose && project.files.iter().any(&mut says_so)
    };
    let leads_outside = projects.iter().map(&mut leads_outside).collect();
    Telemetry { collectors: collectors(workspace, discovery), leads_outside }
}

fn collectors(workspace: &mut Workspace, discovery: &Discovery) -> Vec<Collector> {
    let mut found = Vec::new();
    for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::OtelCollector) {
        let Some(tree) = tree(workspace, &artifact.path, "") else { continue };
        let Some(root) = tree.root() else { continue };
        let pipelines = root.at("service/pipelines").map(NodeRef::merged_entries).unwrap_or_default();
        let is_unlimited = |pipeline: NodeRef<'_>| {
            let processors = pipeline.get("processors");
            // Without a list of processors an overlay may add it; with one it is what runs.
            let mut names = processors.into_iter().flat_map(NodeRef::items).filter_map(NodeRef::text);
            pipeline.is_map() && !names.any(|name| name.split('/').next() == Some("memory_limiter"))
        };
        let unlimited = pipelines.iter().filter(|(_, pipeline)| is_unlimited(*pipeline));
        let unlimited = unlimited.filter_map(|(name, _)| Some((name.text()?.to_owned(), name.span()))).collect();
        let exporters = root.get("exporters").map(NodeRef::merged_entries).unwrap_or_default();
        let gives_up = |exporter: NodeRef<'_>| {
            let enabled = exporter.at("retry_on_failure/enabled")?;
            (enabled.as_bool() == Some(false)).then(|| enabled.span())
        };
        let giving_up = exporters.iter().filter_map(|(name, exporter)| Some((name.text()?.to_owned(), gives_up(*exporter)?)));
        found.push(Collector {
            path: artifact.path.clone(),
            unlimited,
            pipelines: pipelines.len(),
            giving_up: giving_up.collect(),
            profile: profile(&artifact.path, &[]),
        });
    }
    found
}

impl Runtime {
    /// Every collector, in order of path.
    pub fn collectors(&self) -> impl Iterator<Item = &Collector> {
        self.telemetry.collectors.iter()
    }

    /// Every `OTEL_EXPORTER_OTLP_ENDPOINT` (also those of one signal) of a Compose service that names a bare host.
    pub fn telemetry_endpoints(&self) -> Vec<Endpoint<'_>> {
        let mut found = Vec::new();
        let names: HashSet<&str> = self.services.iter().flat_map(names_of).collect();
        for service in self.services().filter(|service| service.project().is_some_and(|one| one.runner == Runner::Compose)) {
            let said = service.service();
            for (variable, value) in said.environment.iter() {
                let is_endpoint = variable.starts_with("OTEL_EXPORTER_OTLP_") && variable.ends_with("ENDPOINT");
                let Some((text, origin)) = value.value.known_with_origin().filter(|_| is_endpoint) else { continue };
                let Some(host) = bare_host(text) else { continue };
                let is_known = names.contains(host) || self.leads_outside(said, host);
                let span = origin.span().unwrap_or(value.key_span);
                found.push(Endpoint { service, variable, host, span, is_known });
            }
        }
        found
    }

    /// Whether a name may lead to something that is no service of the repository.
    pub(super) fn leads_outside(&self, from: &Service, host: &str) -> bool {
        let leads_outside = self.telemetry.leads_outside.get(from.project).copied().unwrap_or(false);
        let others = self.projects.get(from.project).map_or(&[][..], |project| &project.others);
        let linked = from.links.iter().any(|(name, _)| name == host) || others.iter().any(|name| name == host);
        linked || leads_outside || from.is_partial
    }
}

/// The names of a service; of any project, because files are put together on the command line.
fn names_of(service: &Service) -> impl Iterator<Item = &str> {
    std::iter::once(service.name.as_str()).chain(service.aliases.iter().map(|(name, _)| name.as_str()))
}

/// The host of `http://collector:4317`, where it is a single label.
fn bare_host(text: &str) -> Option<&str> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', '?']).next()?.rsplit('@').next()?.split(':').next()?;
    let is_name = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let is_own = host == "localhost" || host.chars().all(|c| c.is_ascii_digit());
    (is_name && !is_own).then_some(host)
}
