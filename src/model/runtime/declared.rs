//! The load that `[context]` declares, against the pools that have to carry it.

use super::database::DatabaseUse;
use super::pool::{Load, Pool};
use super::{Role, Runtime, ServiceRef};
use crate::model::demands::{self, Demand, Stated};
use crate::source::{Sources, Span};
use std::collections::BTreeSet;
use std::time::Duration;

/// The only database server of a repository, with all that opens connections to it, where the load is declared.
#[derive(Debug, Clone)]
pub struct DeclaredLoad<'r> {
    /// The server and its pools, each of a known size.
    pub load: Load<'r>,
    /// Requests a second.
    pub requests: &'r Stated,
    /// How long the slowest of them may take, where that is declared too.
    pub latency: Option<&'r Demand>,
}

/// More services than a team can run.
#[derive(Debug, Clone)]
pub struct ManyServices<'r> {
    /// The services that are built here, by name.
    pub services: Vec<ServiceRef<'r>>,
    /// The size of the team.
    pub team: &'r Stated,
}

impl Runtime {
    /// The number that the configuration declares under a key for the file of a span.
    pub fn declared(&self, span: Span, sources: &Sources, key: &str) -> Option<&Stated> {
        self.demands.number_at(sources.path(span.source), key)
    }

    /// The database server that all requests use: the only one that anything is seen to lead to, where the size of every pool is known
    /// and the load is declared.
    pub fn declared_load(&self, sources: &Sources) -> Option<DeclaredLoad<'_>> {
        let load = self.only_load()?;
        let place = load.parts.iter().map(|part| part.span).next()?;
        let requests = self.declared(place, sources, demands::LOAD).filter(|load| load.value > 0.0)?;
        let latency = self.demands.at(sources.path(place.source), demands::LATENCY).filter(|goal| !goal.length.is_zero());
        Some(DeclaredLoad { load, requests, latency })
    }

    /// The database server that all requests use, whatever the load: the only one that anything is seen to lead to, where the size of every
    /// pool is known.
    pub fn only_load(&self) -> Option<Load<'_>> {
        let mut used = self.loads().into_iter().filter(|load| !load.parts.is_empty());
        let (load, None) = (used.next()?, used.next()) else { return None };
        self.is_whole(&load).then_some(load)
    }

    /// Whether nothing but the parts of a load can serve requests with connections: every pool has a known size and leads to its server,
    /// or to a pooler before it; every variable that names a database names this one alone; and whoever may serve requests has
    /// variables that were all read, and a pool among the parts.
    fn is_whole(&self, load: &Load<'_>) -> bool {
        let is_part = |service: usize| load.parts.iter().any(|part| self.is_service(service, part.service));
        let is_pooler = |service| load.parts.iter().any(|part| part.pool.is_none() && self.is_service(service, part.service));
        let leads =
            |service: Option<usize>| service.is_some() && service == load.server.service || service.is_some_and(is_pooler);
        let is_counted = |pool: &Pool| {
            leads(pool.target.map(|(service, _)| service)) && pool.most().known().is_some() && pool.service.is_some_and(is_part)
        };
        let store_of = |one: &DatabaseUse| one.store.and_then(|store| self.stores.get(store)?.service);
        let is_ours =
            |one: &DatabaseUse| one.url.system != "postgres" || leads(store_of(one)) && one.service.is_some_and(is_part);
        let may_serve = |role: Role| matches!(role, Role::Application | Role::Worker | Role::Unknown);
        let mut others = self.services().filter(|service| may_serve(service.role()));
        let mut urls = self.pools.iter().filter_map(|pool| pool.url.as_ref()).chain(self.uses.iter().map(|one| &one.url));
        self.pools.iter().all(is_counted)
            && self.uses.iter().all(is_ours)
            && !urls.any(|url| url.has_more_hosts)
            && others.all(|one| one.service().environment.open().is_none() && is_part(one.index()))
    }

    /// The first application that is built in the repository, what only developers and tests meet aside, where the load of all requests is
    /// declared.
    pub fn loaded_application(&self, sources: &Sources) -> Option<(ServiceRef<'_>, &Stated)> {
        let is_own = |one: &ServiceRef| one.role() == Role::Application && one.service().build.known().is_some();
        let mut own = self.services().filter(|one| is_own(one) && !one.service().profile.is_rehearsal());
        own.find_map(|one| Some((one, self.declared(one.span(), sources, demands::LOAD)?)))
    }

    /// For each configuration that states the size of a team, the applications of its folder that are built in the repository, where they
    /// are more than one for every two people. What is built from one folder is one application, in several parts; what only
    /// developers and tests meet does not count.
    pub fn too_many_services(&self, sources: &Sources) -> Vec<ManyServices<'_>> {
        let mut found: Vec<ManyServices> = Vec::new();
        let (mut folders, mut names) = (BTreeSet::new(), BTreeSet::new());
        for service in self.services().filter(|one| one.role() == Role::Application && !one.service().profile.is_rehearsal()) {
            let (Some(folder), Some(team)) =
                (service.service().build.known(), self.declared(service.span(), sources, demands::TEAM))
            else {
                continue;
            };
            let is_new = folders.insert((&team.said, folder)) && names.insert((&team.said, service.name()));
            match found.iter_mut().find(|many| many.team == team) {
                Some(many) if is_new => many.services.push(service),
                None if is_new => found.push(ManyServices { services: vec![service], team }),
                _ => {}
            }
        }
        found.retain(|many| many.services.len() > 1 && many.services.len() as f64 > many.team.value / 2.0);
        found
    }
}

/// Below this a limit on waiting says little: a lock that is in use is hardly ever had so soon.
const SHORTEST_WAIT: Duration = Duration::from_millis(50);

impl DeclaredLoad<'_> {
    /// Whether its server is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.load.server.product == "postgres"
    }

    /// How many connections are in use at once while every request takes as long as the slowest may and holds one; `None` where
    /// that is not declared.
    pub fn needed(&self) -> Option<u64> {
        // Whole numbers as long as they can be: 100 x 0.07 is more than 7.
        let microseconds = self.latency?.length.as_micros() as f64;
        let needed = (self.requests.value * microseconds / 1e6).ceil();
        (needed < 1e15).then_some(needed as u64)
    }

    /// How many connections there should be where so many are in use at once: a pool that is nearly always in use makes requests wait
    /// long before it is exhausted.
    pub fn wanted(needed: u64) -> u64 {
        (needed * 5).div_ceil(4)
    }

    /// After how many whole milliseconds of waiting every connection is held by a request, if all of them touch the table that is
    /// waited for; `None` where that is too soon for any wait.
    pub fn exhausted_after(&self) -> Option<Duration> {
        let seconds = self.load.total() as f64 / self.requests.value;
        let whole = (seconds * 1e3).floor();
        Duration::try_from_secs_f64(whole / 1e3).ok().filter(|after| *after >= SHORTEST_WAIT)
    }
}
