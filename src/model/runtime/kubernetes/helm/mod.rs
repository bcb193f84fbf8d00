//! Values of Helm charts, by the keys that charts have in common: how many run, the image, variables, probes, ports, the Ingress.
//!
//! Templates are not read, and may add to all of it: nothing is known to be missing of what a chart runs. What an installation
//! sets beside the files of the repository is absent too.

mod store;
mod values;
mod workload;

use super::backend::Routes;
use super::ingress::{self, LimitStatus};
use super::{Cluster, object::Object};
use crate::discover::{Discovery, Kind};
use crate::documents::Tree;
use crate::model::Workspace;
use crate::model::runtime::profile::profile;
use crate::model::runtime::service::{Project, Runner, Service};
use std::collections::BTreeMap;
use std::sync::Arc;
use values::Values;

/// Charts of one repository that are read, and files of values of one chart.
const MOST_CHARTS: usize = 2_000;
const MOST_FILES: usize = 50;

/// Why nothing is known to be missing.
const WHY: &str = "the templates of the chart may say more";

/// A chart with its files of values.
struct Chart {
    /// Its name.
    name: String,
    /// Names under which other charts are part of it, each with the chart's own name.
    parts: Vec<(String, String)>,
    /// `values.yaml`; the charts of others may leave it out.
    base: Option<Arc<Tree>>,
    /// Every other file of values, over the first.
    over: Vec<(String, Arc<Tree>)>,
    path: String,
}

/// Reads the values of every chart. Each file of values beside `values.yaml` is an installation of its own.
pub(super) fn read(workspace: &mut Workspace, discovery: &Discovery, cluster: &mut Cluster) {
    for chart in charts(workspace, discovery) {
        let bases: Vec<&Tree> = chart.base.as_deref().into_iter().collect();
        if chart.over.is_empty() {
            add(&chart, &chart.path, &bases, cluster);
        }
        for (path, tree) in &chart.over {
            let layers: Vec<&Tree> = std::iter::once(&**tree).chain(bases.iter().copied()).collect();
            add(&chart, path, &layers, cluster);
        }
    }
}

fn charts(workspace: &mut Workspace, discovery: &Discovery) -> Vec<Chart> {
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::HelmValues) {
        if let Some(folder) = folder_of(workspace, &artifact.path) {
            folders.entry(folder).or_default().push(artifact.path.clone());
        }
    }
    let paths: Vec<String> = folders.values().flatten().cloned().collect();
    workspace.load_trees(&paths);
    let mut found = Vec::new();
    for (folder, paths) in folders.into_iter().take(MOST_CHARTS) {
        let (name, parts) = about(workspace, &within(&folder, "Chart.yaml"), &folder);
        let mut chart = Chart { name, parts, base: None, over: Vec::new(), path: within(&folder, "values.yaml") };
        for path in paths.into_iter().take(MOST_FILES) {
            let Ok(tree) = workspace.tree(&path) else { continue };
            for problem in tree.problems().iter().take(5) {
                workspace.note_unread(&path, problem.message.clone(), Some(problem.span));
            }
            let is_base = path == within(&folder, "values.yaml") || path == within(&folder, "values.yml");
            match is_base && chart.base.is_none() {
                true => chart.base = Some(tree),
                false => chart.over.push((path, tree)),
            }
        }
        found.push(chart);
    }
    found
}

/// The nearest folder above a file that holds a chart.
fn folder_of(workspace: &Workspace, path: &str) -> Option<String> {
    let mut folder = path;
    while let Some((above, _)) = folder.rsplit_once('/') {
        if workspace.exists(&within(above, "Chart.yaml")) {
            return Some(above.to_owned());
        }
        folder = above;
    }
    workspace.exists("Chart.yaml").then(String::new)
}

fn within(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The name of a chart and the charts that it is made of.
fn about(workspace: &mut Workspace, path: &str, folder: &str) -> (String, Vec<(String, String)>) {
    let fallback = folder.rsplit('/').next().unwrap_or("").to_owned();
    let Ok(tree) = workspace.tree(path) else { return (fallback, Vec::new()) };
    let Some(root) = tree.root() else { return (fallback, Vec::new()) };
    let parts = root.get("dependencies").into_iter().flat_map(|list| list.items()).take(200).filter_map(|one| {
        let name = one.get_text("name")?;
        Some((one.get_text("alias").unwrap_or(name).to_owned(), name.to_owned()))
    });
    (root.get_text("name").map_or(fallback, str::to_owned), parts.collect())
}

/// Adds what one installation of a chart runs. `layers`: the strongest first.
fn add(chart: &Chart, path: &str, layers: &[&Tree], cluster: &mut Cluster) {
    let values = Values::new(layers.iter().filter_map(|tree| tree.root()).collect());
    let project = cluster.projects.len();
    let mut services: Vec<Service> = Vec::new();
    let mut fronts = Vec::new();
    for component in values.components(&chart.name) {
        let name = &component.name;
        if chart.parts.iter().any(|(key, _)| key == name) || store::product(name).is_some() {
            continue;
        }
        services.push(workload::read(project, &component, &chart.name));
        fronts.push((services.len() - 1, component.own));
    }
    store::add(chart, &values, project, &mut services);
    if services.is_empty() {
        return;
    }
    for service in &mut services {
        service.profile = profile(path, &[]);
        service.open = Some(WHY.to_owned());
    }
    let first = cluster.services.len();
    let files = vec![path.to_owned()];
    cluster.projects.push(Project {
        runner: Runner::Helm,
        files,
        is_default: false,
        name: None,
        namespace: None,
        others: Vec::new(),
    });
    cluster.services.extend(services);
    let Cluster { projects, services, gateways, routes, .. } = cluster;
    let limit_status = LimitStatus::unread();
    let mut adding =
        Routes { gateways: std::mem::take(gateways), routes: std::mem::take(routes), projects, services, project, limit_status };
    for (at, component) in fronts {
        let Some((key, node)) = component.ingress() else { continue };
        let object = Object { path, node, kind: "Ingress", name: &chart.name, name_span: key.span(), namespace: None };
        ingress::of_values(&object, first + at, &mut adding);
    }
    (*gateways, *routes) = (adding.gateways, adding.routes);
}
