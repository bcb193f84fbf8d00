//! What a pool is told about its size and its waits.

use super::Pool;
use crate::fact::{Fact, Origin};
use crate::model::runtime::timeout::{self, Timeout};
use crate::model::runtime::{Profile, Runtime, ServiceRef, TimeoutKind};
use crate::source::Span;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// Both bounds of a pool, each written.
#[derive(Debug, Clone)]
pub struct PoolBounds {
    /// `pool spring.datasource.url`, `server pooler`.
    pub subject: String,
    /// The pool, for messages.
    pub name: String,
    /// How many connections it keeps.
    pub min: u32,
    /// Where that is written.
    pub min_span: Span,
    /// The most that it may open.
    pub max: u32,
    /// Where that is written, or where the pool is where it is the default of its product.
    pub max_span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// A pool that lets callers wait, and a limit on the request that waits.
#[derive(Debug, Clone)]
pub struct PoolWait<'r> {
    /// The pool.
    pub pool: &'r Pool,
    /// How long a caller waits for a connection.
    pub wait: Duration,
    /// Where that comes from.
    pub wait_origin: Origin,
    /// How long the request may take.
    pub request: Duration,
    /// What says so: `gunicorn --timeout`, `location /api`.
    pub request_name: String,
    /// Where it says so; `None` for a default.
    pub request_span: Option<Span>,
    /// Why pool and limit belong together.
    pub why: String,
}

/// A wait for a connection that is written so that it never ends.
#[derive(Debug, Clone)]
pub struct EndlessPoolWait {
    /// `pool spring.datasource.url`, `server pooler`.
    pub subject: String,
    /// The pool or the pooler, for messages.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// What to write instead.
    pub instead: &'static str,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

impl Runtime {
    /// Waits for a connection of a pool or a pooler that are written as never ending, each place once.
    pub fn endless_pool_waits(&self) -> Vec<EndlessPoolWait> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for pool in &self.pools {
            let Some((Timeout { after: None, .. }, Origin::Explicit(span))) = pool.wait.known_with_origin() else { continue };
            let instead = match pool.product {
                Some("HikariCP") => "connection-timeout: 2000",
                Some("Agroal") => "acquisition-timeout=2S",
                Some("Prisma") => "pool_timeout=2",
                _ => "2 s",
            };
            if seen.insert(*span) {
                let (subject, name, use_for) = (pool.subject(), pool.name.clone(), pool.use_for);
                found.push(EndlessPoolWait { subject, name, span: *span, instead, use_for });
            }
        }
        for server in self.servers.iter().filter(|server| server.product == "pgbouncer") {
            // A variable of its image is a setting by itself.
            let is_setting = |span: Span| self.settings.iter().any(|setting| setting.timeout.span() == Some(span));
            if let Fact::Known(0, Origin::Explicit(span)) = server.number("query_wait_timeout")
                && !is_setting(span)
            {
                let (subject, name, use_for) = (server.subject(), server.name.clone(), server.use_for);
                found.push(EndlessPoolWait { subject, name, span, instead: "query_wait_timeout = 15", use_for });
            }
        }
        found
    }

    /// Every pool of which both bounds are known, and every PgBouncer that keeps connections.
    pub fn pool_bounds(&self) -> Vec<PoolBounds> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for pool in &self.pools {
            let (Some(min), Some(max), Some(min_span)) = (pool.min.known(), pool.max.known(), pool.min.span()) else { continue };
            let max_span = pool.max.span().unwrap_or(pool.span);
            if seen.insert((min_span, max_span)) {
                let (subject, name, use_for) = (pool.subject(), pool.name.clone(), pool.use_for);
                found.push(PoolBounds { subject, name, min: *min, min_span, max: *max, max_span, use_for });
            }
        }
        for server in self.servers.iter().filter(|server| server.product == "pgbouncer") {
            let (min, max) = (server.number("min_pool_size"), server.number("default_pool_size"));
            if let (Fact::Known(min, Origin::Explicit(min_span)), Fact::Known(max, Origin::Explicit(max_span))) = (min, max) {
                let (subject, name, use_for) = (server.subject(), server.name.clone(), server.use_for);
                found.push(PoolBounds { subject, name, min, min_span, max, max_span, use_for });
            }
        }
        found
    }

    /// Pools of real databases, those of one application together.
    pub fn pools_by_owner(&self) -> Vec<Vec<&Pool>> {
        let mut groups: BTreeMap<(Option<usize>, Option<usize>), Vec<&Pool>> = BTreeMap::new();
        for pool in self.pools.iter().filter(|pool| pool.url.is_some()) {
            let service = if pool.application.is_some() { None } else { pool.service };
            groups.entry((pool.application, service)).or_default().push(pool);
        }
        let mut found: Vec<Vec<&Pool>> = groups.into_values().collect();
        // Services that take their variables from one place share what is written there.
        let mut seen = HashSet::new();
        for pools in &mut found {
            pools.retain(|pool| seen.insert(pool.span));
            pools.sort_by_key(|pool| pool.use_for.is_rehearsal());
        }
        found.retain(|pools| !pools.is_empty());
        found
    }

    /// Every pool of a service whose requests have a limit, with the shortest of them.
    pub fn pool_waits(&self) -> Vec<PoolWait<'_>> {
        let mut found = Vec::new();
        for pool in &self.pools {
            let Some(service) = self.service_of_pool(pool) else { continue };
            let Some((Timeout { after: Some(wait), .. }, wait_origin)) = pool.wait.known_with_origin() else { continue };
            let Some((request, request_name, request_span, why)) = self.request_limit(service) else { continue };
            let (wait, wait_origin) = (*wait, wait_origin.clone());
            found.push(PoolWait { pool, wait, wait_origin, request, request_name, request_span, why });
        }
        found
    }

    /// The shortest known limit on a request to a service: its own, or that of a gateway for real use in front of it.
    fn request_limit(&self, service: ServiceRef<'_>) -> Option<(Duration, String, Option<Span>, String)> {
        let own = match service.request_timeout() {
            Fact::Known(limit, origin) if limit.is_certain && !origin.is_default() => {
                let why = format!("`{}` has both", service.name());
                limit.timeout.after.map(|after| (after, limit.setting.clone(), origin.span(), why))
            }
            _ => None,
        };
        let gateways = service.upstream_edges().filter(|edge| edge.streaming().is_none()).filter_map(|edge| {
            let (timeout, origin) = edge.timeout(TimeoutKind::Read).known_with_origin()?;
            let span = origin.span()?;
            Some((timeout.after.filter(|after| !after.is_zero())?, edge.short_name(), Some(span), edge.why().to_owned()))
        });
        own.into_iter().chain(gateways).min_by_key(|(after, ..)| *after)
    }
}

/// How old connections of a pool may grow, and how long the server keeps an idle one.
#[derive(Debug, Clone)]
pub struct PoolLifetime<'r> {
    /// The pool.
    pub pool: &'r Pool,
    /// How old a connection may grow.
    pub lifetime: Duration,
    /// Where that comes from.
    pub lifetime_origin: Origin,
    /// How long the other side keeps an idle connection.
    pub server: Duration,
    /// What says so: `wait_timeout`, `client_idle_timeout`.
    pub server_setting: &'static str,
    /// Who: `db`.
    pub server_name: &'r str,
    /// Where it is written.
    pub server_span: Span,
}

impl Runtime {
    /// Every pool with the time after which what it connects to closes an idle connection, where that is written. A pool that uses
    /// its idle connections more often than that keeps them alive, and is left out.
    pub fn pool_lifetimes(&self) -> Vec<PoolLifetime<'_>> {
        let mut found = Vec::new();
        for pool in &self.pools {
            let Some(server) = self.server_of_pool(pool) else { continue };
            let server_setting = match server.product {
                "mysql" => "wait_timeout",
                "pgbouncer" => "client_idle_timeout",
                _ => continue,
            };
            let told = server.get(server_setting);
            let Some(told) = told.known() else { continue };
            let Some(limit) = timeout::parse(&told.value, timeout::Units::Common, Some(1.0)).filter(|limit| !limit.is_zero())
            else {
                continue;
            };
            let (lifetime, lifetime_origin) = match pool.lifetime.known_with_origin() {
                Some((lifetime, origin)) => (lifetime.after.unwrap_or(Duration::MAX), origin.clone()),
                None => continue,
            };
            let is_kept_alive = match pool.keepalive.known() {
                Some(keepalive) => keepalive.after.is_some_and(|after| after < limit),
                None => pool.keepalive.unknown().is_some(),
            };
            if !is_kept_alive {
                let (server_name, server_span) = (server.name.as_str(), told.span);
                let server = limit;
                found.push(PoolLifetime { pool, lifetime, lifetime_origin, server, server_setting, server_name, server_span });
            }
        }
        found
    }
}
