//! What rules ask of the runtime: services, edges, stores and stated timeouts, each with its neighbours.

use super::Runtime;
use super::database::DatabaseUse;
use super::profile::Profile;
use super::route::{Gateway, Route, Strength, Target};
use super::service::{Project, Runner, Service};
use super::tables::{Bounds, tables};
use super::timeout::Timeout;
use crate::fact::{Fact, Origin, Product};
use crate::source::Span;

/// What a service does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Passes requests on.
    Gateway,
    /// Serves requests: built here, and no product that we know.
    Application,
    /// Takes jobs from a queue.
    Worker,
    /// Keeps data; the product.
    Datastore(String),
    /// Keeps data for a while; the product.
    Cache(String),
    /// Passes messages; the product.
    Broker(String),
    /// Stands between services and a database.
    Pooler,
    /// Helps people: observability, administration.
    Tool,
    /// An image that we do not know.
    Unknown,
}

impl Role {
    /// The word that is printed.
    pub fn name(&self) -> &str {
        match self {
            Role::Gateway => "gateway",
            Role::Application => "application",
            Role::Worker => "worker",
            Role::Datastore(_) => "datastore",
            Role::Cache(_) => "cache",
            Role::Broker(_) => "broker",
            Role::Pooler => "pooler",
            Role::Tool => "tool",
            Role::Unknown => "unknown",
        }
    }
}

/// How long a service may work on one request, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestTimeout {
    /// The limit.
    pub timeout: Timeout,
    /// The setting: `gunicorn --timeout`, `REQUEST_TIMEOUT`.
    pub setting: String,
    /// Whether the setting can mean nothing else.
    pub is_certain: bool,
}

/// A service with its neighbours.
#[derive(Debug, Clone, Copy)]
pub struct ServiceRef<'r> {
    runtime: &'r Runtime,
    index: usize,
    service: &'r Service,
}

/// A route to a service: one place where a gateway passes requests to it.
#[derive(Debug, Clone, Copy)]
pub struct EdgeRef<'r> {
    runtime: &'r Runtime,
    route: &'r Route,
    target: &'r Target,
}

impl Runtime {
    /// Every service, in order of project and file.
    pub fn services(&self) -> impl Iterator<Item = ServiceRef<'_>> {
        (0..self.services.len()).filter_map(|index| self.service(index))
    }

    /// Whether the service at an index is this one.
    pub(super) fn is_service(&self, index: usize, one: ServiceRef<'_>) -> bool {
        one.index == index
    }

    pub(super) fn service(&self, index: usize) -> Option<ServiceRef<'_>> {
        self.services.get(index).map(|service| ServiceRef { runtime: self, index, service })
    }

    /// Every place where a gateway passes requests on, whoever stands behind it.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter()
    }

    /// Every place where a gateway passes requests to a known service.
    pub fn edges(&self) -> impl Iterator<Item = EdgeRef<'_>> {
        self.routes.iter().flat_map(move |route| route.targets.iter().map(move |target| EdgeRef { runtime: self, route, target }))
    }

    /// For which kind of use the gateway of a route is made.
    pub fn gateway_profile(&self, route: &Route) -> Profile {
        self.gateways.get(route.gateway).map_or(Profile::Unknown, |gateway| gateway.profile)
    }

    /// Whether nothing is seen to run the configuration of nginx that has a route, although those that it passes requests to are
    /// services of Compose: it may lie there unused.
    pub fn is_run_by_nobody(&self, route: &Route) -> bool {
        let is_idle = |gateway: &Gateway| gateway.product == Product("nginx") && gateway.services.is_empty();
        let is_compose = |at: usize| self.service(at).is_some_and(|service| service.is_run_by(Runner::Compose));
        self.gateways.get(route.gateway).is_some_and(is_idle) && route.targets.iter().all(|target| is_compose(target.service))
    }

    /// Every gateway configuration.
    pub fn gateways(&self) -> impl Iterator<Item = &Gateway> {
        self.gateways.iter()
    }
}

impl<'r> ServiceRef<'r> {
    /// `service api`.
    pub fn subject(self) -> String {
        format!("service {}", self.service.name)
    }

    /// Everything around it.
    pub(super) fn runtime(self) -> &'r Runtime {
        self.runtime
    }

    /// Its index among all services.
    pub(super) fn index(self) -> usize {
        self.index
    }

    /// Its key under `services`.
    pub fn name(self) -> &'r str {
        &self.service.name
    }

    /// Where its key stands.
    pub fn span(self) -> Span {
        self.service.span
    }

    /// The service as its files say it.
    pub fn service(self) -> &'r Service {
        self.service
    }

    /// The files that it was read from.
    pub fn project(self) -> Option<&'r Project> {
        self.runtime.projects.get(self.service.project)
    }

    /// For which kind of use it is made.
    pub fn profile(self) -> Profile {
        self.service.profile
    }

    /// What it does: by its image, else by its command, else because it is built here.
    pub fn role(self) -> Role {
        if let Some(product) = self.service.product() {
            return match product.role.as_str() {
                "gateway" => Role::Gateway,
                "datastore" => Role::Datastore(product.name.clone()),
                "cache" => Role::Cache(product.name.clone()),
                "broker" => Role::Broker(product.name.clone()),
                "pooler" => Role::Pooler,
                _ => Role::Tool,
            };
        }
        // A database with a few scripts of one's own is a database; a web server with one's own pages is an application.
        let base = self.service.base_image.as_deref().and_then(|image| tables().product(image));
        if let Some(product) = base {
            match product.role.as_str() {
                "datastore" => return Role::Datastore(product.name.clone()),
                "cache" => return Role::Cache(product.name.clone()),
                "broker" => return Role::Broker(product.name.clone()),
                _ => {}
            }
        }
        if let Some(product) = self.kept_by() {
            return Role::Datastore(product);
        }
        let programs = tables().words("worker", "programs");
        let mut words = [&self.service.entrypoint, &self.service.command].into_iter().filter_map(Fact::known).flatten();
        if words.any(|word| programs.iter().any(|program| word.rsplit('/').next() == Some(program))) {
            return Role::Worker;
        }
        let runs_gateway = self.runtime.gateways.iter().any(|gateway| gateway.services.contains(&self.index));
        match self.service.build.known_absent() {
            _ if runs_gateway => Role::Gateway,
            false => Role::Application,
            true => Role::Unknown,
        }
    }

    /// The store that it must be, whatever its image is called: it sees the folder in which that one keeps its data, and that of no
    /// other one, and waits for nobody, as a copier of backups would.
    fn kept_by(self) -> Option<String> {
        let runs_on = !matches!(self.service.workload.as_deref(), Some("Job" | "CronJob" | "Pod"));
        let targets = self.service.mounts.iter().filter(|_| runs_on && self.service.depends_on.is_empty());
        let mut stores = targets.filter_map(|mount| tables().keeper(&mount.target)).map(|product| &product.name);
        let first = stores.next()?;
        stores.all(|other| other == first).then(|| first.clone())
    }

    /// The routes of gateways that lead here.
    pub fn upstream_edges(self) -> impl Iterator<Item = EdgeRef<'r>> {
        self.runtime.edges().filter(move |edge| edge.target.service == self.index)
    }

    /// The databases that it uses.
    pub fn databases(self) -> impl Iterator<Item = &'r DatabaseUse> {
        self.runtime.uses.iter().filter(move |one| one.service == Some(self.index))
    }

    /// How long it may work on one request. The shortest limit counts; where any of them is unknown, so is the answer.
    pub fn request_timeout(self) -> Fact<RequestTimeout> {
        let own = self.runtime.settings.iter().filter(|setting| {
            setting.service == Some(self.index) && setting.bounds == Bounds::Request && setting.weaker.is_none()
        });
        let mut shortest: Option<(RequestTimeout, Origin)> = None;
        for setting in own {
            let (timeout, origin) = match &setting.timeout {
                Fact::Known(timeout, origin) => (timeout, origin),
                Fact::Absent => continue,
                Fact::Unknown(why) => return Fact::Unknown(why.clone()),
            };
            let length = |timeout: &Timeout| timeout.after.unwrap_or(std::time::Duration::MAX);
            if shortest.as_ref().is_none_or(|(known, _)| length(timeout) < length(&known.timeout)) {
                let (setting, is_certain) = (setting.name.clone(), setting.is_certain);
                shortest = Some((RequestTimeout { timeout: timeout.clone(), setting, is_certain }, origin.clone()));
            }
        }
        let unknown = || Fact::not_read("no configuration says how long a request may take", vec![self.service.span]);
        shortest.map_or_else(unknown, |(timeout, origin)| Fact::Known(timeout, origin))
    }
}

/// Which of a route's timeouts is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeoutKind {
    /// Making a connection.
    Connect,
    /// Between two reads of the response; for a response that comes at once in the end, the whole wait.
    Read,
    /// Between two writes of the request.
    Send,
}

impl<'r> EdgeRef<'r> {
    /// `location /api -> service api`.
    pub fn subject(self) -> String {
        let server = self.route.server_name.as_deref().map(|name| format!("{name} ")).unwrap_or_default();
        format!("{server}{} -> service {}", self.route.name, self.target().map_or("", ServiceRef::name))
    }

    /// `location /api`.
    pub fn name(self) -> &'r str {
        &self.route.name
    }

    /// The name, cut where it would fill a headline.
    pub fn short_name(self) -> String {
        let name = self.name();
        match name.char_indices().nth(36) {
            Some((end, _)) => format!("{}...", &name[..end]),
            None => name.to_owned(),
        }
    }

    /// The route as its file says it.
    pub fn route(self) -> &'r Route {
        self.route
    }

    /// Its gateway.
    pub fn gateway(self) -> Option<&'r Gateway> {
        self.runtime.gateways.get(self.route.gateway)
    }

    /// The directive that passes the request on.
    pub fn pass_span(self) -> Span {
        self.route.pass_span
    }

    /// The service behind it.
    pub fn target(self) -> Option<ServiceRef<'r>> {
        self.runtime.service(self.target.service)
    }

    /// Why this service was taken to be the one.
    pub fn why(self) -> &'r str {
        &self.target.why
    }

    /// Whether the join rests on more than equal names.
    pub fn is_structural(self) -> bool {
        self.target.strength == Strength::Structure
    }

    /// Why responses may go on for ever by design.
    pub fn streaming(self) -> Option<&'r str> {
        self.route.streaming.as_deref()
    }

    /// One of its timeouts.
    pub fn timeout(self, kind: TimeoutKind) -> &'r Fact<Timeout> {
        match kind {
            TimeoutKind::Connect => &self.route.waits.connect,
            TimeoutKind::Read => &self.route.waits.read,
            TimeoutKind::Send => &self.route.waits.send,
        }
    }

    /// For which kind of use gateway and service are made: the gateway's word counts first.
    pub fn profile(self) -> Profile {
        let gateway = self.gateway().map_or(Profile::Unknown, |gateway| gateway.profile);
        if gateway == Profile::Unknown { self.target().map_or(Profile::Unknown, ServiceRef::profile) } else { gateway }
    }
}
