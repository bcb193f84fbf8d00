//! How many connections the pools of all services together may open on one server, and what stands between.

use super::Pool;
use super::table::{ServerDefault, table};
use crate::fact::{Fact, Origin};
use crate::model::runtime::server::{Server, Told};
use crate::model::runtime::service::Replicas;
use crate::model::runtime::{Runtime, ServiceRef};
use crate::source::Span;

/// A database server with the pools that lead to it directly.
#[derive(Debug, Clone)]
pub struct Load<'r> {
    /// The server.
    pub server: &'r Server,
    /// What it allows where nothing is written, and how many connections it keeps back.
    pub row: &'static ServerDefault,
    /// The most connections that it accepts.
    pub limit: Fact<u32>,
    /// Who opens how many.
    pub parts: Vec<Part<'r>>,
}

/// The pools of one service, or one pooler, on a server.
#[derive(Debug, Clone)]
pub struct Part<'r> {
    /// The service that opens the connections.
    pub service: ServiceRef<'r>,
    /// Where the size of the pool is written, or would be.
    pub span: Span,
    /// The most connections of one process.
    pub size: u32,
    /// Where the size comes from.
    pub origin: Origin,
    /// How many run.
    pub replicas: u32,
    /// Where their number is written.
    pub replicas_span: Option<Span>,
    /// How many processes each of them has, and where that is written.
    pub processes: u32,
    /// The pool, where an application has it; `None` for a pooler.
    pub pool: Option<&'r Pool>,
}

impl Part<'_> {
    /// All connections of all processes.
    pub fn total(&self) -> u64 {
        u64::from(self.size) * u64::from(self.replicas) * u64::from(self.processes)
    }

    /// `12 x 10`; `10` where one runs.
    pub fn sum(&self) -> String {
        let mut shown = Vec::new();
        if self.replicas > 1 {
            shown.push(self.replicas.to_string());
        }
        if self.processes > 1 {
            shown.push(self.processes.to_string());
        }
        shown.push(self.size.to_string());
        shown.join(" x ")
    }
}

impl Load<'_> {
    /// All connections of all pools together.
    pub fn total(&self) -> u64 {
        self.parts.iter().map(Part::total).sum()
    }

    /// How many of them ordinary roles can have.
    pub fn room(&self) -> Option<u32> {
        self.limit.known().map(|limit| limit.saturating_sub(self.row.reserved))
    }
}

/// The connections that a pooler may open on its server: the pools of all databases that are named.
#[derive(Debug, Clone, Copy)]
pub struct ServerSide {
    /// How many.
    pub connections: u32,
    /// Where their number, or that of the first database, is written.
    pub span: Span,
    /// The setting that makes them fewer: `default_pool_size`, `pool_size`.
    pub setting: &'static str,
}

/// A pooler with those who connect to it and the server behind it.
#[derive(Debug, Clone)]
pub struct PoolerLoad<'r> {
    /// The pooler.
    pub pooler: &'r Server,
    /// The server behind it, and why it is the one.
    pub behind: Option<&'r Server>,
    /// What it may open there, where known.
    pub server_side: Option<ServerSide>,
    /// How many databases are named, each with a pool; 1 where none is.
    pub databases: u32,
    /// The pools of the services that connect to it.
    pub clients: Vec<Part<'r>>,
}

impl Runtime {
    /// Every pool.
    pub fn pools(&self) -> impl Iterator<Item = &Pool> {
        self.pools.iter()
    }

    /// Every server with what it is told.
    pub fn servers(&self) -> impl Iterator<Item = &Server> {
        self.servers.iter()
    }

    /// The service of a pool.
    pub fn service_of_pool(&self, pool: &Pool) -> Option<ServiceRef<'_>> {
        self.service(pool.service?)
    }

    /// The server that a pool leads to.
    pub fn server_of_pool(&self, pool: &Pool) -> Option<&Server> {
        let (target, _) = pool.target?;
        self.servers.iter().find(|server| server.service == Some(target))
    }

    /// Every PostgreSQL or MySQL server that runs as a service, with what leads to it.
    pub fn loads(&self) -> Vec<Load<'_>> {
        let poolers = self.poolers();
        let servers = self.servers.iter().filter(|server| server.service.is_some());
        let found = servers.filter_map(|server| {
            let row = table().servers.iter().find(|row| row.product == server.product)?;
            let limit = match server.number("max_connections") {
                Fact::Absent => Fact::Known(row.max_connections, Origin::default_of(row.shown)),
                said => said,
            };
            let mut parts = self.parts(server);
            for pooler in poolers.iter().filter(|pooler| pooler.behind.is_some_and(|behind| behind.service == server.service)) {
                let Some(ServerSide { connections: size, span, .. }) = pooler.server_side else { continue };
                let Some(service) = pooler.pooler.service.and_then(|at| self.service(at)) else { continue };
                let (replicas, replicas_span) = replicas(service);
                let origin = Origin::Explicit(span);
                parts.push(Part { service, span, size, origin, replicas, replicas_span, processes: 1, pool: None });
            }
            Some(Load { server, row, limit, parts })
        });
        found.collect()
    }

    /// The pools that lead to a server, those of services that run.
    fn parts(&self, server: &Server) -> Vec<Part<'_>> {
        let leading = self.pools.iter().filter(|pool| pool.target.is_some_and(|(target, _)| Some(target) == server.service));
        let found = leading.filter_map(|pool| {
            let service = self.service(pool.service?)?;
            let most = pool.most();
            let (size, origin) = most.known_with_origin()?;
            let (replicas, replicas_span) = replicas(service);
            let span = origin.span().unwrap_or(pool.span);
            let (size, origin) = (*size, origin.clone());
            Some(Part { service, span, size, origin, replicas, replicas_span, processes: processes(service), pool: Some(pool) })
        });
        found.collect()
    }

    /// Every PgBouncer that runs as a service.
    pub fn poolers(&self) -> Vec<PoolerLoad<'_>> {
        let poolers = self.servers.iter().filter(|server| server.product == "pgbouncer" && server.service.is_some());
        poolers.map(|pooler| self.pooler(pooler)).collect()
    }

    fn pooler<'r>(&'r self, pooler: &'r Server) -> PoolerLoad<'r> {
        let of_uses = self.uses.iter().filter(|one| one.service == pooler.service).filter_map(|one| one.store);
        let behind = of_uses.filter_map(|store| self.stores.get(store)?.service).chain(self.hosts_of_pooler(pooler)).next();
        let behind = behind.and_then(|at| self.servers.iter().find(|server| server.service == Some(at)));
        let databases = pooler.told.iter().filter(|told| told.section == "databases" && told.name != "*").count().max(1);
        let databases = databases.try_into().unwrap_or(u32::MAX);
        PoolerLoad { pooler, behind, server_side: server_side(pooler), databases, clients: self.parts(pooler) }
    }

    /// The hosts that the `[databases]` of a PgBouncer name.
    fn hosts_of_pooler(&self, pooler: &Server) -> impl Iterator<Item = usize> {
        let project = pooler.service.and_then(|at| self.services.get(at)).map(|service| service.project);
        let hosts = pooler.told.iter().filter(|told| told.section == "databases").filter_map(|told| word(&told.value, "host"));
        let hosts: Vec<&str> = hosts.collect();
        hosts.into_iter().filter_map(move |host| {
            self.services.iter().position(|service| {
                Some(service.project) == project && crate::model::runtime::names::answers_to(service, host).is_some()
            })
        })
    }
}

/// The value of a word `name=value` in a line of `[databases]`.
fn word<'t>(line: &'t str, name: &str) -> Option<&'t str> {
    line.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
}

/// The connections that a PgBouncer may open on its server: for each database that is named its pool and the reserve; at least
/// one pool where databases are not named.
fn server_side(pooler: &Server) -> Option<ServerSide> {
    let named: Vec<&Told> = pooler.told.iter().filter(|told| told.section == "databases" && told.name != "*").collect();
    let own = |told: &Told| word(&told.value, "pool_size").and_then(|size| size.parse().ok());
    let (default, span, setting) = match (pooler.number("default_pool_size"), named.first()) {
        (Fact::Known(size, origin), _) => (size, origin.span().unwrap_or(pooler.span), "default_pool_size"),
        (Fact::Absent, Some(first)) if named.iter().all(|told| own(told).is_some()) => (0, first.span, "pool_size"),
        _ => return None,
    };
    let reserve = match pooler.number("reserve_pool_size") {
        Fact::Known(reserve, _) => reserve,
        Fact::Absent => 0,
        Fact::Unknown(_) => 0,
    };
    let sizes: Vec<u32> = named.iter().map(|told| own(told).unwrap_or(default)).collect();
    let pools = if sizes.is_empty() { vec![default] } else { sizes };
    let per_database = match pooler.number("max_db_connections") {
        Fact::Known(most, _) if most > 0 => Some(most),
        _ => None,
    };
    let total =
        pools.iter().map(|size| per_database.map_or(size.saturating_add(reserve), |most| most.min(size.saturating_add(reserve))));
    Some(ServerSide { connections: total.fold(0, u32::saturating_add), span, setting })
}

/// How many of a service run, and where that is written: at most as many as an autoscaler may start.
fn replicas(service: ServiceRef<'_>) -> (u32, Option<Span>) {
    match &service.service().replicas {
        Fact::Known(Replicas { most, .. }, origin) => (*most, origin.span()),
        _ => (1, None),
    }
}

/// How many processes a service has, each with a pool of its own; one where nothing says so.
fn processes(service: ServiceRef<'_>) -> u32 {
    service.service().workers.known().copied().unwrap_or(1).max(1)
}
