//! Routes of gateways and the operations of an API that they lead to.
//!
//! A document belongs to a service because the configuration says so, because it lies where the service is built, because it is the
//! only one, or by its name. Which of a service's operations a route serves is a matter of paths, after what the route does to them.

use super::serves::{Answer, closeness, serves};
use crate::diagnostic::Confidence;
use crate::model::Model;
use crate::model::Settings;
use crate::model::api::{Api, DocumentRef, OperationRef};
use crate::model::runtime::route::{Gateway, PathMatch, Route};
use crate::model::runtime::{EdgeRef, Role, Runtime, ServiceRef};
use std::collections::{BTreeMap, BTreeSet};

/// More routes than this are not joined, nor more pairs of a route and an operation.
const MOST_PAIRS: usize = 4_000_000;

/// A route and the operations of one document that it leads to.
#[derive(Debug, Clone)]
pub struct RouteLink {
    /// Number of the route.
    pub route: usize,
    /// Number of the document, among all.
    pub document: usize,
    /// Numbers of the operations that it serves for certain, among all of the model.
    pub operations: Vec<usize>,
    /// Numbers of those for which it may answer: a pattern, a parameter, an unknown path.
    pub perhaps: Vec<usize>,
    /// How sure it is that the document describes what stands behind the route.
    pub confidence: Confidence,
    /// Why.
    pub why: String,
}

/// A document and a service that it describes.
#[derive(Debug, Clone)]
pub struct ServiceLink {
    /// Number of the document, among all.
    pub document: usize,
    /// Number of the service, among all.
    pub service: usize,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why.
    pub why: String,
}

/// A document with its operations and the paths under which they are called.
struct Described<'a> {
    document: DocumentRef<'a>,
    /// Names that its path says, without endings such as `-service`, and the one that its title says.
    named: Vec<String>,
    titled: Vec<String>,
    operations: Vec<(usize, OperationRef<'a>, Vec<String>)>,
}

/// Why a document belongs to what stands behind a route.
type Belonging = (usize, Confidence, String);

/// Joins documents with what runs: routes with operations, services with documents.
pub(super) fn join(api: &Api, runtime: &Runtime, settings: &Settings) -> (Vec<RouteLink>, Vec<ServiceLink>) {
    if runtime.routes().next().is_none() && runtime.services().next().is_none() {
        return (Vec::new(), Vec::new());
    }
    let described = described(api);
    let behind = behind_gateways(runtime);
    (routes(runtime, settings, &described, &behind), services(runtime, settings, &described, &behind))
}

fn routes(runtime: &Runtime, settings: &Settings, described: &[Described<'_>], behind: &BTreeSet<&str>) -> Vec<RouteLink> {
    let routes: Vec<&Route> = runtime.routes().collect();
    let operations: usize = described.iter().map(|one| one.operations.len()).sum();
    if routes.is_empty() || described.is_empty() || routes.len().saturating_mul(operations) > MOST_PAIRS {
        return Vec::new();
    }
    let gateways: Vec<&Gateway> = runtime.gateways().collect();
    let mut by_service: BTreeMap<crate::source::Span, Vec<Belonging>> = BTreeMap::new();
    for edge in runtime.edges() {
        if let Some(service) = edge.target() {
            by_service.entry(service.span()).or_insert_with(|| belongings(service, runtime, behind, described, settings));
        }
    }
    let mut edges: BTreeMap<crate::source::Span, Vec<EdgeRef>> = BTreeMap::new();
    runtime.edges().for_each(|edge| edges.entry(edge.route().pass_span).or_default().push(edge));
    let mut found = Vec::new();
    for (number, route) in routes.iter().enumerate().filter(|(_, route)| route.module != "tcp") {
        let own: Vec<ServiceRef> = edges
            .get(&route.pass_span)
            .into_iter()
            .flatten()
            .filter(|edge| edge.route().gateway == route.gateway)
            .filter_map(|edge| edge.target())
            .collect();
        let mut belonging: Vec<Belonging> = if own.is_empty() {
            unresolved(route, &gateways, &routes, described)
        } else {
            own.iter().filter_map(|service| by_service.get(&service.span())).flatten().cloned().collect()
        };
        belonging.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        belonging.dedup_by_key(|one| one.0);
        for (document, confidence, why) in belonging {
            let Some(one) = described.get(document) else { continue };
            let mut link = RouteLink { route: number, document, operations: Vec::new(), perhaps: Vec::new(), confidence, why };
            for (at, operation, bases) in &one.operations {
                match serves(route, *operation, bases) {
                    Answer::Yes => link.operations.push(*at),
                    Answer::Perhaps => link.perhaps.push(*at),
                    Answer::No => {}
                }
            }
            found.push(link);
        }
    }
    closest(&mut found, &routes, &gateways);
    found.retain(|link| !(link.operations.is_empty() && link.perhaps.is_empty()));
    found
}

/// Of several routes of one gateway that answer for an operation one does: the first where order decides, else the closest.
fn closest(links: &mut [RouteLink], routes: &[&Route], gateways: &[&Gateway]) {
    const IN_ORDER: [&str; 4] = ["Envoy", "HAProxy", "Spring Cloud Gateway", "Istio"];
    let key = |link: &RouteLink| routes.get(link.route).map(|route| (route.gateway, route.server_name.clone()));
    // Gateway, server and operation, to the route that answers and how close it is.
    type Asked = (usize, Option<String>, usize);
    let mut best: BTreeMap<Asked, (usize, (u8, usize))> = BTreeMap::new();
    for link in links.iter() {
        let (Some((gateway, server)), Some(route)) = (key(link), routes.get(link.route)) else { continue };
        let is_ordered = gateways.get(gateway).is_some_and(|one| IN_ORDER.contains(&one.product.0));
        let rank = if is_ordered { (0, usize::MAX - link.route) } else { closeness(route) };
        for operation in link.operations.iter() {
            let slot = best.entry((gateway, server.clone(), *operation)).or_insert((link.route, rank));
            if rank > slot.1 {
                *slot = (link.route, rank);
            }
        }
    }
    for link in links.iter_mut() {
        let Some((gateway, server)) = key(link) else { continue };
        link.operations.retain(|one| best.get(&(gateway, server.clone(), *one)).is_none_or(|(route, _)| *route == link.route));
    }
}

fn described(api: &Api) -> Vec<Described<'_>> {
    let numbered: Vec<(usize, OperationRef)> = api.operations().enumerate().collect();
    let documents = api.documents().map(|document| {
        let own = numbered.iter().filter(|(_, operation)| operation.document().path() == document.path());
        let operations = own.map(|(at, operation)| (*at, *operation, bases(*operation))).collect();
        let (named, titled) = (names(document, true), names(document, false));
        Described { document, named, titled, operations }
    });
    documents.collect()
}

/// What stands before the path of an operation, for each address at which it is called.
pub(super) fn bases(operation: OperationRef<'_>) -> Vec<String> {
    let mut found: Vec<String> = operation.effective_servers().iter().map(|server| server.base_path().to_owned()).collect();
    found.retain(|base| !base.contains('{'));
    if found.is_empty() {
        found.push(String::new());
    }
    found.sort();
    found.dedup();
    found.truncate(8);
    found
}

/// The documents of every service, gateway or not.
fn services(runtime: &Runtime, settings: &Settings, described: &[Described<'_>], behind: &BTreeSet<&str>) -> Vec<ServiceLink> {
    let services: Vec<ServiceRef> = runtime.services().collect();
    if described.is_empty() || services.len().saturating_mul(described.len()) > MOST_PAIRS / 100 {
        return Vec::new();
    }
    let reached: BTreeSet<&str> = runtime.edges().filter_map(|edge| edge.target()).map(ServiceRef::name).collect();
    let built: BTreeSet<&str> =
        services.iter().filter(|one| one.role() == Role::Application).map(|service| service.name()).collect();
    let mut found = Vec::new();
    for (number, service) in services.iter().enumerate() {
        let mut own = stated_or_named(*service, runtime, described, settings);
        if own.is_empty() && !is_stated(*service, settings) {
            let by_elimination = match reached.contains(service.name()) {
                true => only(*service, behind, described),
                false => alone(*service, &built, described),
            };
            own.extend(by_elimination);
        }
        let link = |(document, confidence, why)| ServiceLink { document, service: number, confidence, why };
        found.extend(own.into_iter().map(link));
    }
    found
}

/// The applications that gateways lead to, by name.
fn behind_gateways(runtime: &Runtime) -> BTreeSet<&str> {
    let mut services: BTreeMap<crate::source::Span, ServiceRef> = BTreeMap::new();
    runtime.edges().filter_map(|edge| edge.target()).for_each(|service| {
        services.insert(service.span(), service);
    });
    services.into_values().filter(is_application).map(ServiceRef::name).collect()
}

fn is_application(service: &ServiceRef<'_>) -> bool {
    matches!(service.role(), Role::Application | Role::Unknown)
}

/// Whether the configuration says which files a service has.
fn is_stated(service: ServiceRef<'_>, settings: &Settings) -> bool {
    settings.services.iter().any(|(name, _)| name == service.name())
}

/// The only document of a repository describes its only application.
fn alone(service: ServiceRef<'_>, applications: &BTreeSet<&str>, all: &[Described<'_>]) -> Option<Belonging> {
    let [only] = all else { return None };
    let (path, name) = (only.document.path(), service.name());
    let is_alone = applications.len() == 1 && applications.contains(name);
    is_alone.then(|| (0, Confidence::Medium, format!("`{path}` is the only document, and `{name}` the only application")))
}

/// The documents that describe a service that a gateway leads to.
fn belongings(
    service: ServiceRef<'_>,
    runtime: &Runtime,
    behind: &BTreeSet<&str>,
    all: &[Described<'_>],
    settings: &Settings,
) -> Vec<Belonging> {
    let mut found = stated_or_named(service, runtime, all, settings);
    if found.is_empty() && !is_stated(service, settings) {
        found.extend(only(service, behind, all));
    }
    found
}

/// The documents that the configuration, the place or the name gives to a service.
fn stated_or_named(service: ServiceRef<'_>, runtime: &Runtime, all: &[Described<'_>], settings: &Settings) -> Vec<Belonging> {
    let stated = settings.services.iter().find(|(name, _)| name == service.name());
    let mut found: Vec<Belonging> = Vec::new();
    for (at, one) in all.iter().enumerate() {
        let path = one.document.path();
        let within = |folder: &str| path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        if let Some((name, paths)) = stated {
            if paths.iter().any(|folder| within(folder.trim_end_matches('/'))) {
                found.push((at, Confidence::High, format!("[services.{name}] has `{path}`")));
            }
            continue;
        }
        if let Some(context) = service.service().build.known().filter(|context| !context.is_empty() && within(context)) {
            let is_deepest = !runtime
                .services()
                .any(|other| other.service().build.known().is_some_and(|inner| inner.len() > context.len() && within(inner)));
            if is_deepest {
                found.push((at, Confidence::High, format!("`{path}` lies in `{context}`, where `{}` is built", service.name())));
                continue;
            }
        }
        let is_named = one.named.contains(&bare(service.name()));
        let is_titled = || one.titled.contains(&bare(service.name()));
        if is_named {
            found.push((at, Confidence::Medium, format!("`{path}` is called like `{}`", service.name())));
        } else if all.len() > 1 && is_titled() {
            found.push((at, Confidence::Low, format!("the title of `{path}` is like `{}`", service.name())));
        }
    }
    found
}

/// The only document of a repository belongs to the only application behind a gateway.
fn only(service: ServiceRef<'_>, behind: &BTreeSet<&str>, all: &[Described<'_>]) -> Option<Belonging> {
    let [only] = all else { return None };
    let name = service.name();
    let is_only = is_application(&service) && behind.iter().all(|other| *other == name);
    let path = only.document.path();
    let is_built =
        service.service().build.known().is_some_and(|context| context.is_empty() || path.starts_with(context.as_str()));
    let confidence = if is_built { Confidence::High } else { Confidence::Medium };
    is_only.then(|| (0, confidence, format!("`{path}` is the only document, and `{name}` the only service behind a gateway")))
}

/// Documents for a route whose server is no service that we know.
fn unresolved(route: &Route, gateways: &[&Gateway], routes: &[&Route], all: &[Described<'_>]) -> Vec<Belonging> {
    let hosts: Vec<&str> = route.servers.known().into_iter().flatten().map(|server| server.host.as_str()).collect();
    let gateway = gateways.get(route.gateway).map_or("", |gateway| gateway.path.as_str());
    let named = all.iter().enumerate().filter_map(|(at, one)| {
        let host = hosts.iter().find(|host| {
            let label = bare(host.split('.').next().unwrap_or(""));
            !label.is_empty() && one.named.contains(&label)
        })?;
        Some((at, Confidence::Medium, format!("`{}` is called like the host `{host}` in `{gateway}`", one.document.path())))
    });
    let named: Vec<Belonging> = named.collect();
    let ([only], true) = (all, named.is_empty()) else { return named };
    let prefix = match route.path.known() {
        Some(PathMatch::Prefix(path) | PathMatch::Segments(path)) if path.trim_matches('/').len() > 1 => {
            path.trim_end_matches('/')
        }
        _ => "",
    };
    let full = |(_, operation, bases): &(usize, OperationRef<'_>, Vec<String>)| {
        bases.iter().any(|base| format!("{base}{}", operation.path()).starts_with(prefix))
    };
    let fitting = only.operations.iter().filter(|one| full(one)).count();
    let path = only.document.path();
    if !prefix.is_empty() && fitting * 5 >= only.operations.len() * 3 && fitting > 0 {
        return vec![(0, Confidence::Medium, format!("the paths of `{path}`, the only document, begin with `{prefix}`"))];
    }
    let same = routes.iter().filter(|one| one.gateway == route.gateway).all(|one| one.servers.known() == route.servers.known());
    if prefix.is_empty() && same && route.servers.known().is_some() {
        return vec![(
            0,
            Confidence::Low,
            format!("`{path}` is the only document, and `{gateway}` passes requests to one place"),
        )];
    }
    Vec::new()
}

/// Names by which a document is known, without endings such as `-service`: of its file and folders, or of its title.
fn names(document: DocumentRef<'_>, of_path: bool) -> Vec<String> {
    let mut found: Vec<String> = if of_path {
        let mut parts = document.path().rsplit('/');
        let file = parts.next().unwrap_or("").split('.').next().unwrap_or("");
        std::iter::once(file).chain(parts).map(bare).collect()
    } else {
        vec![bare(&document.title().replace(' ', "-"))]
    };
    found.retain(|name| {
        !matches!(
            name.as_str(),
            "" | "openapi"
                | "swagger"
                | "api"
                | "apis"
                | "docs"
                | "doc"
                | "spec"
                | "specs"
                | "src"
                | "main"
                | "resources"
                | "services"
                | "v1"
                | "v2"
                | "web"
                | "app"
                | "server"
                | "backend"
        )
    });
    found
}

/// `Orders-Service` and `orders_api` are both `orders`.
fn bare(name: &str) -> String {
    let lower = name.to_ascii_lowercase().replace('_', "-");
    let endings = ["-service", "-api", "-server", "-svc", "-app", "-openapi", "-backend", "service"];
    let cut = endings.iter().find_map(|ending| lower.strip_suffix(ending).filter(|rest| !rest.is_empty()));
    cut.unwrap_or(&lower).to_owned()
}

/// A route with the operations that it leads to.
#[derive(Debug, Clone)]
pub struct RoutedApi<'m> {
    /// The route.
    pub route: &'m Route,
    /// Its gateway.
    pub gateway: &'m Gateway,
    /// The document.
    pub document: DocumentRef<'m>,
    /// The operations that it serves for certain.
    pub operations: Vec<OperationRef<'m>>,
    /// Those for which it may answer.
    pub perhaps: Vec<OperationRef<'m>>,
    /// How sure it is that the document describes what stands behind the route.
    pub confidence: Confidence,
    /// Why.
    pub why: &'m str,
}

impl Model {
    /// Every route of a gateway that leads to operations of a document, in order.
    pub fn routed_apis(&self) -> Vec<RoutedApi<'_>> {
        if self.links.routes.is_empty() {
            return Vec::new();
        }
        let operations: Vec<OperationRef> = self.api.operations().collect();
        let documents: Vec<DocumentRef> = self.api.documents().collect();
        let routes: Vec<&Route> = self.runtime.routes().collect();
        let gateways: Vec<&Gateway> = self.runtime.gateways().collect();
        let of = |numbers: &[usize]| numbers.iter().filter_map(|at| operations.get(*at).copied()).collect::<Vec<_>>();
        let found = self.links.routes.iter().filter_map(|link| {
            let route = *routes.get(link.route)?;
            Some(RoutedApi {
                route,
                gateway: gateways.get(route.gateway)?,
                document: *documents.get(link.document)?,
                operations: of(&link.operations),
                perhaps: of(&link.perhaps),
                confidence: link.confidence,
                why: &link.why,
            })
        });
        found.collect()
    }

    /// The operations behind one route, of all documents, with the surest join.
    pub fn operations_behind(&self, route: &Route) -> Vec<RoutedApi<'_>> {
        self.routed_apis().into_iter().filter(|one| std::ptr::eq(one.route, route)).collect()
    }
}
