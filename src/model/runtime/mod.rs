//! Services, proxies, timeouts and stores, from configuration.
//!
//! Read from compose files ([`compose`]), nginx ([`proxy`]) and `.env`. Rules ask [`view`]: `runtime.services()`,
//! `edge.timeout(kind)`, `service.request_timeout()`, `store.statement_timeout()`, all of them `Fact`s. What is absent: what
//! only code, an image, the shell or the server itself could say.

pub mod alert;
pub mod application;
pub mod breaker;
pub mod broker;
pub mod budget;
pub mod celery;
pub mod chain;
pub mod client;
mod cloud;
pub mod collector;
mod compose;
pub mod database;
pub mod declared;
mod driver;
pub mod ejection;
pub mod exposure;
pub mod function;
mod gateways;
pub mod halves;
pub mod healthcheck;
mod init_sql;
mod instance_pools;
mod json;
mod json_gateways;
mod kafka;
pub mod keepalive;
pub mod kept_values;
pub mod keyed;
mod kubernetes;
pub mod latency;
mod listen;
pub mod lost;
mod managed;
mod mesh;
mod names;
pub mod patience;
pub mod persistence;
pub mod phrases;
pub mod pool;
pub mod probing;
pub mod profile;
pub mod promql;
mod proxy;
pub mod queue;
mod queue_store;
pub mod receiver;
pub mod reference;
pub mod resilience;
pub mod rollout;
pub mod route;
pub mod secret;
pub mod server;
pub mod server_file;
pub mod service;
pub mod setting;
pub mod shutdown;
pub mod startup;
pub mod stay;
mod store_view;
pub mod tables;
pub mod timeout;
pub mod upstream;
pub mod view;
pub mod wait;
mod workers;

pub use compose::{Unset, UnsetVariables};
pub use json::to_json;
pub use json_gateways::gateways_to_json;
pub use kubernetes::CommittedSecret;
pub use profile::Profile;
pub use queue_store::{Eviction, JobUse};
pub use store_view::{SettingRef, StoreRef};
pub use timeout::Timeout;
pub use view::{EdgeRef, RequestTimeout, Role, ServiceRef, TimeoutKind};

use super::demands::DemandsByFolder;
use super::{Settings, Workspace};
use crate::discover::Discovery;
use crate::source::{SourceId, Span};
use route::Route;
use service::Service;
use std::collections::{BTreeMap, HashSet};

/// Services, proxies, timeouts and stores, from configuration.
#[derive(Debug, Default)]
pub struct Runtime {
    projects: Vec<service::Project>,
    services: Vec<service::Service>,
    gateways: Vec<route::Gateway>,
    routes: Vec<route::Route>,
    halves: Vec<halves::Half>,
    uses: Vec<database::DatabaseUse>,
    stores: Vec<database::Store>,
    settings: Vec<setting::Setting>,
    applications: Vec<application::Application>,
    pools: Vec<pool::Pool>,
    servers: Vec<server::Server>,
    job_libraries: Vec<queue_store::JobLibrary>,
    /// Who speaks to the databases whose addresses clients read in different ways.
    database_clients: driver::Clients,
    /// Settings of Celery in Python.
    celery_files: celery::CeleryFiles,
    session_needs: pool::SessionNeeds,
    credentials: secret::Secrets,
    /// For each project, why a statement may have a limit that we do not see.
    doubts: Vec<Option<(String, Span)>>,
    /// The same for `.env` files that no service reads.
    loose_doubt: Option<(String, Span)>,
    functions: Vec<function::Function>,
    queues: Vec<queue::Queue>,
    topics: Vec<queue::Topic>,
    watch: alert::Watch,
    telemetry: collector::Telemetry,
    /// Breakers of meshes and proxies.
    ejections: Vec<ejection::Ejection>,
    /// Receivers that routes of Alertmanager name.
    receivers: Vec<receiver::NamedReceiver>,
    /// Profiles of the files in which `.env` variables stand.
    profiles: BTreeMap<SourceId, Profile>,
    /// Secrets of Kubernetes whose values stand in the repository.
    secrets: Vec<CommittedSecret>,
    /// Numbers that the configuration of the run states.
    demands: DemandsByFolder,
    /// Variables of Compose files that nothing sets, by project.
    unset: Vec<compose::UnsetVariables>,
}

impl Runtime {
    fn profile_of_source(&self, source: SourceId) -> Profile {
        self.profiles.get(&source).copied().unwrap_or(Profile::Unknown)
    }

    fn profile_of_use(&self, one: &database::DatabaseUse) -> Option<Profile> {
        match one.service {
            Some(service) => self.services.get(service).map(|service| service.profile),
            None => Some(self.profile_of_source(one.key_span.source)),
        }
    }
}

/// Reads this part.
pub fn read(workspace: &mut Workspace, discovery: &Discovery, settings: &Settings) -> Runtime {
    let demands = settings.demands_by_folder();
    let with_embedded = kubernetes::embed(workspace, discovery);
    let discovery = with_embedded.as_ref().unwrap_or(discovery);
    let (mut projects, mut services, unset) = compose::read(workspace, discovery);
    let cluster = kubernetes::read(workspace, discovery);
    let (first, first_service) = (projects.len(), services.len());
    projects.extend(cluster.projects);
    services.extend(cluster.services.into_iter().map(|service| Service { project: first + service.project, ..service }));
    let mut cloud = cloud::read(workspace, discovery, &mut projects, &mut services);
    cloud.queues.extend(broker::queues(workspace, discovery));
    server_file::read(workspace, &mut services);
    services.iter_mut().for_each(|service| service.workers = workers::of(service));
    let (mut gateways, mut routes) = proxy::read(workspace, discovery, &projects, &services);
    let first_gateway = gateways.len();
    gateways.extend(cluster.gateways);
    routes.extend(cluster.routes.into_iter().map(|mut route| {
        route.gateway += first_gateway;
        route.targets.iter_mut().for_each(|target| target.service += first_service);
        route
    }));
    let first_gateway = gateways.len();
    gateways.append(&mut cloud.gateways);
    routes.extend(cloud.routes.drain(..).map(|route| Route { gateway: route.gateway + first_gateway, ..route }));
    let mut halves = Vec::new();
    gateways::read(workspace, discovery, (&projects, &services), (&mut gateways, &mut routes, &mut halves));
    let applications = application::read(workspace, discovery, &projects, &services);
    let servers = server::read(workspace, discovery, &services);
    let job_libraries = queue_store::job_libraries(workspace, &servers);
    let session_needs = pool::session_needs(workspace, discovery, &servers);
    let names = names::Names::new(&projects, &services);
    let pools = pool::read(&applications, &services, &names, workspace.sources());
    let databases = database::read(workspace, discovery, &projects, &services, &applications, &pools);
    let mut settings: Vec<setting::Setting> =
        services.iter().enumerate().flat_map(|(at, service)| setting::of_service(at, service)).collect();
    settings.extend(databases.settings);
    settings.iter_mut().for_each(|setting| setting.narrow(workspace.sources()));
    let sources = settings.iter().filter_map(|setting| setting.timeout.span()).map(|span| span.source);
    let sources = sources.chain(databases.uses.iter().map(|one| one.key_span.source)).collect::<HashSet<SourceId>>();
    let profiles = sources.into_iter().map(|source| (source, profile::profile(workspace.sources().path(source), &[]))).collect();
    let database_clients = driver::read(workspace, &services, &pools, &databases.uses);
    let telemetry = collector::read(workspace, discovery, &projects);
    let celery_files = celery::read(workspace, &services);
    let topics = kafka::topics(workspace, discovery, &services);
    let mut runtime = Runtime {
        projects,
        services,
        gateways,
        routes,
        halves,
        uses: databases.uses,
        stores: databases.stores,
        settings,
        applications,
        pools,
        servers,
        job_libraries,
        database_clients,
        celery_files,
        session_needs,
        credentials: secret::Secrets::default(),
        doubts: databases.doubts,
        loose_doubt: databases.loose_doubt.or(cloud.doubt()),
        functions: cloud.functions,
        queues: cloud.queues,
        topics,
        watch: alert::read(workspace, discovery),
        telemetry,
        ejections: ejection::read(workspace, discovery),
        receivers: receiver::read(workspace, discovery),
        profiles,
        secrets: cluster.secrets,
        demands,
        unset,
    };
    runtime.credentials = secret::read(workspace, discovery, &runtime);
    runtime
}
