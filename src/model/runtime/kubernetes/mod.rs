//! Kubernetes: workloads become services, the objects in front of them gateways and routes.
//!
//! Manifests that can be applied together (no object twice) are one group, and the objects of one namespace of it one project.
//! What is absent: what a chart or an overlay would make of the objects (a patched object is open: nothing is known to be
//! missing there), admission webhooks, and operators.

mod backend;
mod container;
mod embedded;
mod front;
mod gateway_api;
mod group;
mod helm;
mod ingress;
mod mesh;
mod object;
mod overlay;
mod secret;
mod traefik;
mod workload;

pub(super) use embedded::add as embed;
pub use secret::CommittedSecret;

use super::profile::profile;
use super::route::{Gateway, Route};
use super::service::{Project, Runner, Service};
use crate::discover::{Discovery, Kind};
use crate::documents::Tree;
use crate::model::Workspace;
use backend::Routes;
use object::Object;
use overlay::Overlays;
use std::sync::Arc;

/// What manifests say.
#[derive(Debug, Default)]
pub(super) struct Cluster {
    /// The namespaces of each group of manifests; indexes of services start at zero.
    pub(super) projects: Vec<Project>,
    /// The workloads; indexes of projects start at zero.
    pub(super) services: Vec<Service>,
    /// Ingresses, Istio's VirtualServices, Traefik's IngressRoutes, routes of the Gateway API.
    pub(super) gateways: Vec<Gateway>,
    /// Their routes; indexes of gateways and services start at zero.
    pub(super) routes: Vec<Route>,
    /// Secrets whose values stand in the repository.
    pub(super) secrets: Vec<CommittedSecret>,
}

/// A file with its tree.
type Manifest = (String, Arc<Tree>);

/// Reads every manifest of the repository, in order of path.
pub(super) fn read(workspace: &mut Workspace, discovery: &Discovery) -> Cluster {
    let manifests = manifests(workspace, discovery, |_| true);
    let mut overlays = Overlays::read(workspace, discovery);
    let all = manifests.iter().filter(|(path, _)| !overlays.is_patch(path));
    let objects: Vec<Object<'_>> = all.flat_map(|(path, tree)| object::of_tree(path, tree)).collect();
    overlays.also_generated(objects.iter().filter_map(secret::made));
    let mut cluster = Cluster::default();
    let mut parts = Vec::new();
    for group in group::together(&objects) {
        for (namespace, objects) in group::namespaces(&group) {
            cluster.add(namespace, &objects, &overlays);
            parts.push(objects);
        }
    }
    let Cluster { projects, services, .. } = &cluster;
    let limit_status = ingress::limit_status(&objects);
    let mut routes = Routes { gateways: Vec::new(), routes: Vec::new(), projects, services, project: 0, limit_status };
    for (project, objects) in parts.iter().enumerate() {
        routes.project = project;
        let traefik = traefik::Objects::new(objects);
        for object in objects {
            match object.kind {
                "Ingress" => ingress::read(object, &mut routes),
                "HTTPRoute" | "GRPCRoute" => gateway_api::read(object, &mut routes),
                "VirtualService" => mesh::read(object, objects, &mut routes),
                "IngressRoute" => traefik.read(object, &mut routes),
                _ => {}
            }
        }
    }
    (cluster.gateways, cluster.routes) = (routes.gateways, routes.routes);
    cluster.secrets = objects.iter().filter_map(|object| secret::committed(workspace, object)).collect();
    helm::read(workspace, discovery, &mut cluster);
    cluster
}

/// The name of a Service in `api.shop.svc.cluster.local`, and its namespace where one is named.
fn service_name(host: &str) -> (&str, Option<&str>) {
    let mut parts = host.split('.');
    let name = parts.next().unwrap_or(host);
    match (parts.next(), parts.next()) {
        (None, _) => (host, None),
        (Some(namespace), None | Some("svc")) => (name, Some(namespace)),
        _ => (host, None),
    }
}

impl Cluster {
    fn add(&mut self, namespace: Option<&str>, objects: &[&Object<'_>], overlays: &Overlays) {
        let project = self.projects.len();
        let mut services: Vec<Service> = Vec::new();
        let mut labels = Vec::new();
        for object in objects {
            let Some(pod) = workload::pod_of(object) else { continue };
            let mut service = workload::read(project, object, pod, objects, overlays);
            service.profile = profile(object.path, &[]);
            service.open = overlays.patch_of(object);
            if let Some(why) = service.open.clone() {
                workload::open(&mut service, &why);
            }
            labels.push(workload::labels(object));
            services.push(service);
        }
        let others = front::attach(objects, &labels, &mut services);
        front::scale(objects, &mut services);
        let mut files: Vec<String> = objects.iter().map(|object| object.path.to_owned()).collect();
        files.sort();
        files.dedup();
        let namespace = namespace.map(str::to_owned);
        self.projects.push(Project { runner: Runner::Kubernetes, files, is_default: false, name: None, namespace, others });
        self.services.extend(services);
    }
}

/// The trees of all manifests that hold an object which is read here, and whose text is wanted.
fn manifests(workspace: &mut Workspace, discovery: &Discovery, is_wanted: impl Fn(&str) -> bool) -> Vec<Manifest> {
    let paths: Vec<String> =
        discovery.artifacts.iter().filter(|one| one.kind == Kind::Kubernetes).map(|one| one.path.clone()).collect();
    let texts = workspace.load_texts(&paths);
    let wanted = texts.into_iter().filter(|(_, _, text)| is_wanted(text) && object::is_wanted(text));
    let wanted: Vec<String> = wanted.map(|(path, ..)| path).collect();
    workspace.load_trees(&wanted);
    let mut found = Vec::new();
    for path in wanted {
        let Ok(tree) = workspace.tree(&path) else { continue };
        for problem in tree.problems().iter().take(5) {
            workspace.note_unread(&path, problem.message.clone(), Some(problem.span));
        }
        found.push((path, tree));
    }
    found
}
