//! OpenTelemetry collectors: their pipelines, and where services send their telemetry.

use super::alert::tree;
use super::lost::is_near;
use super::profile::{Profile, profile};
use super::reference::is_closed;
use super::service::{Project, Runner, Service};
use super::{Runtime, ServiceRef};
use crate::discover::{Discovery, Kind};
use crate::documents::NodeRef;
use crate::files::is_called;
use crate::model::Workspace;
use crate::source::Span;
use memchr::memmem;
use std::collections::{BTreeSet, HashMap, HashSet};

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
    /// The value as written.
    pub written: &'r str,
    /// Why it is nobody; `None`: it may be somebody.
    pub lost: Option<Lost<'r>>,
}

/// Why nobody is called so.
#[derive(Debug, Clone, Copy)]
pub enum Lost<'r> {
    /// No service of the project has the name, and nothing outside of it can be meant.
    Nobody,
    /// No Service of the cluster's manifests has it, and this one, which takes telemetry in, is nearly called so.
    Other {
        /// The service.
        service: ServiceRef<'r>,
        /// How others call it.
        host: &'r str,
    },
    /// A service of this namespace has it, and a bare name leads to the sender's own.
    Elsewhere(&'r str),
    /// No manifest has it; what else runs in the namespace is not known.
    Unseen,
}

/// Collectors, and projects that may reach more than their own services.
#[derive(Debug, Default)]
pub struct Telemetry {
    collectors: Vec<Collector>,
    /// For each project, whether its files name something outside: a network of another project, or of the host.
    leads_outside: Vec<bool>,
    /// The names of Services that an operator makes for what manifests ask it for.
    operated: HashSet<String>,
    /// Whether an overlay of Kustomize puts objects into another namespace.
    is_moved: bool,
}

/// Parts of the names of images of collectors. The word `collector` alone is that of many a thing: of garbage, of debts.
const COLLECTORS: [&str; 3] = ["otelcol", "otel-collector", "opentelemetry-collector"];
/// The ports of OTLP, by gRPC and HTTP: <https://opentelemetry.io/docs/specs/otlp/>.
const OTLP_PORTS: [u16; 2] = [4317, 4318];
/// Objects that operators make Services for, which are called as the object with one of these behind:
/// <https://github.com/open-telemetry/opentelemetry-operator>, <https://www.jaegertracing.io/docs/1.76/deployment/operator/>.
const OPERATED: [(&str, &[&str]); 2] = [
    ("OpenTelemetryCollector", &["-collector", "-collector-headless"]),
    ("Jaeger", &["-collector", "-collector-headless", "-agent"]),
];

/// Reads every collector.
pub(super) fn read(workspace: &mut Workspace, discovery: &Discovery, projects: &[Project]) -> Telemetry {
    let says = |text: &str| ["external:", "network_mode:", "external_links:"].iter().any(|word| text.contains(word));
    let mut leads_outside = |project: &Project| {
        let mut says_so = |path: &String| workspace.source(path).is_ok_and(|source| says(&workspace.text(source)));
        project.runner == Runner::Compose && project.files.iter().any(&mut says_so)
    };
    let leads_outside = projects.iter().map(&mut leads_outside).collect();
    let (operated, is_moved) = (operated(workspace, discovery), is_moved(workspace));
    Telemetry { collectors: collectors(workspace, discovery), leads_outside, operated, is_moved }
}

/// The names of the Services that operators make.
fn operated(workspace: &mut Workspace, discovery: &Discovery) -> HashSet<String> {
    let mut found = HashSet::new();
    for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::Kubernetes) {
        // Nearly no manifest names one of them.
        let Ok(source) = workspace.source(&artifact.path) else { continue };
        let text = workspace.text(source);
        let named = OPERATED.iter().filter(|(kind, _)| memmem::find(text.as_bytes(), kind.as_bytes()).is_some());
        for (kind, ends) in named {
            let Some(tree) = tree(workspace, &artifact.path, kind) else { continue };
            let objects = tree.documents().filter(|one| one.get_text("kind") == Some(*kind));
            let names = objects.filter_map(|one| one.at("metadata/name")?.text());
            found.extend(names.flat_map(|name| ends.iter().map(move |end| format!("{name}{end}"))));
        }
    }
    found
}

/// The names under which Kustomize looks for its file.
const OVERLAYS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

fn is_moved(workspace: &mut Workspace) -> bool {
    let is_overlay = |path: &str| OVERLAYS.iter().any(|name| is_called(path, name));
    let overlays: Vec<String> = workspace.apart_like(is_overlay).map(str::to_owned).collect();
    let texts = workspace.load_texts(&overlays);
    texts.iter().any(|(.., text)| text.lines().any(|line| line.starts_with("namespace:")))
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

impl Endpoint<'_> {
    /// The value with another host.
    pub fn with_host(&self, host: &str) -> String {
        self.written.replacen(self.host, host, 1)
    }
}

impl Runtime {
    /// Every collector, in order of path.
    pub fn collectors(&self) -> impl Iterator<Item = &Collector> {
        self.telemetry.collectors.iter()
    }

    /// Every `OTEL_EXPORTER_OTLP_ENDPOINT` (also those of one signal) of a service of Compose or Kubernetes that names a bare host.
    pub fn telemetry_endpoints(&self) -> Vec<Endpoint<'_>> {
        let mut found = Vec::new();
        let names: HashSet<&str> = self.services.iter().flat_map(names_of).collect();
        let whole = self.whole_projects();
        let in_cluster = self.names_in_cluster();
        for service in self.services() {
            let said = service.service();
            let is_whole = whole.get(said.project).copied().unwrap_or(false) && is_closed(said);
            let is_in_cluster = service.is_run_by(Runner::Kubernetes) && is_whole;
            if !is_in_cluster && !service.is_run_by(Runner::Compose) {
                continue;
            }
            for (variable, value) in said.environment.iter() {
                let is_endpoint = variable.starts_with("OTEL_EXPORTER_OTLP_") && variable.ends_with("ENDPOINT");
                let Some((written, origin)) = value.value.known_with_origin().filter(|_| is_endpoint) else { continue };
                let Some(host) = bare_host(written) else { continue };
                let lost = match is_in_cluster {
                    true => self.lost_in_cluster(service, host, &in_cluster),
                    false => (!names.contains(host) && !self.leads_outside(said, host)).then_some(Lost::Nobody),
                };
                let span = origin.span().unwrap_or(value.key_span);
                found.push(Endpoint { service, variable, host, span, written, lost });
            }
        }
        found
    }

    /// The names of everything in clusters, with the projects that have it.
    fn names_in_cluster(&self) -> HashMap<&str, BTreeSet<usize>> {
        let mut found: HashMap<&str, BTreeSet<usize>> = HashMap::new();
        let is_in_cluster = |at: usize| {
            let runner = self.projects.get(at).map(|project| project.runner);
            matches!(runner, Some(Runner::Kubernetes | Runner::Helm))
        };
        let of_services = self.services.iter().flat_map(|one| names_of(one).map(|name| (name, one.project)));
        let of_projects = self.projects.iter().enumerate();
        let of_projects = of_projects.flat_map(|(at, project)| project.others.iter().map(move |name| (name.as_str(), at)));
        for (name, project) in of_services.chain(of_projects).filter(|(_, project)| is_in_cluster(*project)) {
            found.entry(name).or_default().insert(project);
        }
        found
    }

    /// Why a bare name leads to nobody in the cluster of a service. It means a Service of the same namespace.
    fn lost_in_cluster<'r>(
        &'r self,
        from: ServiceRef<'r>,
        host: &str,
        names: &HashMap<&str, BTreeSet<usize>>,
    ) -> Option<Lost<'r>> {
        if self.telemetry.operated.contains(host) || self.leads_outside(from.service(), host) {
            return None;
        }
        let own = from.project()?.namespace.as_deref();
        let mut elsewhere = None;
        for project in names.get(host).into_iter().flatten().filter_map(|at| self.projects.get(*at)) {
            match (own, project.namespace.as_deref()) {
                (Some(own), Some(other)) if own != other && !self.telemetry.is_moved => elsewhere = Some(other),
                _ => return None,
            }
        }
        let is_other = |one: &ServiceRef<'r>| one.service().project == from.service().project && one.span() != from.span();
        let collectors = self.services().filter(|one| is_other(one) && takes_telemetry(one.service()));
        let mut near = collectors.filter_map(|one| Some((one, names_of(one.service()).find(|name| is_near(name, host))?)));
        Some(match (elsewhere, near.next()) {
            (Some(namespace), _) => Lost::Elsewhere(namespace),
            (None, Some((service, host))) => Lost::Other { service, host },
            (None, None) => Lost::Unseen,
        })
    }

    /// Whether a name may lead to something that is no service of the repository.
    pub(super) fn leads_outside(&self, from: &Service, host: &str) -> bool {
        let leads_outside = self.telemetry.leads_outside.get(from.project).copied().unwrap_or(false);
        let others = self.projects.get(from.project).map_or(&[][..], |project| &project.others);
        let linked = from.links.iter().any(|(name, _)| name == host) || others.iter().any(|name| name == host);
        linked || leads_outside || from.is_partial
    }
}

/// Whether a service is a collector, by its image or by a port of it that it or its Service lists.
fn takes_telemetry(service: &Service) -> bool {
    let image = service.known_image().unwrap_or("").rsplit('/').next().unwrap_or("");
    let fronts = service.fronts.iter().flat_map(|front| front.ports.iter().map(|port| port.port));
    let mut ports = service.ports.iter().map(|port| port.container).chain(fronts);
    COLLECTORS.iter().any(|word| image.contains(word)) || ports.any(|port| OTLP_PORTS.contains(&port))
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
