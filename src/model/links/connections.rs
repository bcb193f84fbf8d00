//! The joins of the configuration, as `model` and `why` show them: which document describes a service, which route leads to an operation
//! and whom it passes it to, where a service keeps its rows, where a folder of SQL is run, and where idempotency keys are kept.
//!
//! What is absent: joins of the API with tables, which [`super::EntityLink`] and [`super::OperationLink`] are.

use super::passages::Passage;
use super::routes::RoutedApi;
use super::{OperationLink, TableKey};
use crate::diagnostic::Confidence;
use crate::model::Model;
use crate::model::api::{DocumentRef, OperationRef};
use crate::model::runtime::pool::Pool;
use crate::model::runtime::route::Route;
use crate::model::runtime::{Role, ServiceRef};
use crate::model::schema::Database;
use crate::model::words;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a join of the configuration joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConnectionKind {
    /// A document, and the service that it describes.
    SpecificationService,
    /// An operation, and the route of a gateway that leads to it.
    OperationRoute,
    /// A route, and the service that it passes requests to.
    RouteService,
    /// A service, and the store that it uses.
    ServiceStore,
    /// A folder of migrations or a schema file, and the store that it is run on.
    SqlStore,
    /// An operation that takes an idempotency key, and the column or cache that keeps it.
    KeyStorage,
}

/// A join of the configuration.
#[derive(Debug, Clone)]
pub struct Connection {
    /// What it joins.
    pub kind: ConnectionKind,
    /// The one, as people name it: a path, `GET /orders`, `nginx.conf location /`, the name of a service.
    pub from: String,
    /// The other.
    pub to: String,
    /// How sure we are.
    pub confidence: Confidence,
    /// Why, in words.
    pub why: String,
    /// Where it is said.
    pub span: Span,
}

impl ConnectionKind {
    /// As JSON names it.
    pub fn name(self) -> &'static str {
        match self {
            ConnectionKind::SpecificationService => "specification-service",
            ConnectionKind::OperationRoute => "operation-route",
            ConnectionKind::RouteService => "route-service",
            ConnectionKind::ServiceStore => "service-store",
            ConnectionKind::SqlStore => "sql-store",
            ConnectionKind::KeyStorage => "key-storage",
        }
    }

    /// What is said of the one before the name of the other, and the other way round.
    pub fn phrases(self) -> (&'static str, &'static str) {
        match self {
            ConnectionKind::SpecificationService => ("describes", "is described by"),
            ConnectionKind::OperationRoute => ("is called through", "leads to"),
            ConnectionKind::RouteService => ("passes requests to", "is reached through"),
            ConnectionKind::ServiceStore => ("keeps data in", "keeps data of"),
            ConnectionKind::SqlStore => ("is run on", "holds the tables of"),
            ConnectionKind::KeyStorage => ("keeps its keys in", "keeps the keys of"),
        }
    }
}

/// `nginx.conf location /api`: routes of several gateways are called the same.
fn route_name(path: &str, passage: &Passage<'_>) -> String {
    format!("{path} {}", passage.subject())
}

impl Model {
    /// Every join of the configuration, by kind and in the order of the files.
    pub fn connections(&self) -> Vec<Connection> {
        let mut all = self.specification_services();
        all.extend(self.operation_routes());
        all.extend(self.route_services());
        let stores = self.service_stores();
        all.extend(stores.iter().map(|one| one.connection.clone()));
        all.extend(self.sql_stores(&stores));
        all.extend(self.key_storage_joins());
        all
    }

    fn specification_services(&self) -> Vec<Connection> {
        let documents: Vec<DocumentRef> = self.api.documents().collect();
        let services: Vec<ServiceRef> = self.runtime.services().collect();
        let found = self.links.services.iter().filter_map(|link| {
            let (document, service) = (documents.get(link.document)?, services.get(link.service)?);
            Some(Connection {
                kind: ConnectionKind::SpecificationService,
                from: document.path().to_owned(),
                to: service.name().to_owned(),
                confidence: link.confidence,
                why: link.why.clone(),
                span: service.span(),
            })
        });
        found.collect()
    }

    fn operation_routes(&self) -> Vec<Connection> {
        let mut found = Vec::new();
        for passage in self.passages() {
            let name = route_name(&passage.gateway.path, &passage);
            for api in &passage.apis {
                let join = |operation: &OperationRef<'_>, confidence: Confidence, why: String| Connection {
                    kind: ConnectionKind::OperationRoute,
                    from: operation.subject(),
                    to: name.clone(),
                    confidence,
                    why,
                    span: passage.route.pass_span,
                };
                let RoutedApi { operations, perhaps, confidence, why, .. } = api;
                found.extend(operations.iter().map(|one| join(one, *confidence, (*why).to_owned())));
                let maybe = |one| join(one, Confidence::Low, format!("{why}; the route may answer for the path"));
                found.extend(perhaps.iter().map(maybe));
            }
        }
        found
    }

    fn route_services(&self) -> Vec<Connection> {
        let passages = self.passages();
        let names: BTreeMap<*const Route, String> =
            passages.iter().map(|one| (std::ptr::from_ref(one.route), route_name(&one.gateway.path, one))).collect();
        let found = self.runtime.edges().filter_map(|edge| {
            Some(Connection {
                kind: ConnectionKind::RouteService,
                from: names.get(&std::ptr::from_ref(edge.route()))?.clone(),
                to: edge.target()?.name().to_owned(),
                confidence: if edge.is_structural() { Confidence::High } else { Confidence::Medium },
                why: edge.why().to_owned(),
                span: edge.pass_span(),
            })
        });
        found.collect()
    }

    /// The stores of every service, each once.
    fn service_stores(&self) -> Vec<StoreUse<'_>> {
        let stores: Vec<&str> = self.runtime.stores().map(|store| store.name()).collect();
        let services: BTreeSet<&str> = self.runtime.services().map(ServiceRef::name).collect();
        let mut found: Vec<StoreUse> = Vec::new();
        for service in self.runtime.services() {
            for one in service.databases() {
                let named = one.store.and_then(|at| stores.get(at).copied());
                let Some(to) = named.or(one.url.host.as_deref()) else { continue };
                if found.iter().any(|known| known.connection.from == service.name() && known.connection.to == to) {
                    continue;
                }
                let is_known = services.contains(to);
                let pools = self.runtime.pools().filter(|pool| {
                    let own = self.runtime.service_of_pool(pool).is_some_and(|owner| owner.span() == service.span());
                    own && self.runtime.server_of_pool(pool).is_some_and(|server| server.name == to)
                });
                let pools: Vec<String> = pools.filter_map(pool_words).collect();
                let named =
                    format!("`{}` names {}", one.key, if is_known { "the service" } else { "a host that is no service here" });
                let connection = Connection {
                    kind: ConnectionKind::ServiceStore,
                    from: service.name().to_owned(),
                    to: to.to_owned(),
                    confidence: if is_known { Confidence::High } else { Confidence::Medium },
                    why: std::iter::once(named).chain(pools).collect::<Vec<_>>().join("; "),
                    span: one.key_span,
                };
                found.push(StoreUse { service, system: one.url.system, connection });
            }
        }
        found
    }

    /// The store that each folder of migrations or schema file is run on: that of the service in whose folder it lies, else the only one
    /// of its kind.
    fn sql_stores(&self, uses: &[StoreUse<'_>]) -> Vec<Connection> {
        let mut found = Vec::new();
        for (number, database) in self.schema.databases.iter().enumerate() {
            let Some(table) = self.schema.table_at(number, 0) else { continue };
            if let Some((to, confidence, why)) = self.store_of(database, uses) {
                let (kind, from) = (ConnectionKind::SqlStore, database.source.clone());
                found.push(Connection { kind, from, to, confidence, why, span: table.span });
            }
        }
        found
    }

    fn store_of(&self, database: &Database, uses: &[StoreUse<'_>]) -> Option<(String, Confidence, String)> {
        let system = database.dialect.name();
        let fitting = || uses.iter().filter(|one| one.system == system);
        let is_within = |folder: &str| database.source.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let folder = |one: &StoreUse<'_>| {
            let folder = one.service.service().build.known().filter(|folder| folder.is_empty() || is_within(folder));
            folder.cloned()
        };
        if let Some(deepest) = fitting().filter_map(folder).max_by_key(String::len).filter(|folder| !folder.is_empty()) {
            let own: Vec<&StoreUse> = fitting().filter(|one| folder(one).as_ref() == Some(&deepest)).collect();
            let stores: BTreeSet<&str> = own.iter().map(|one| one.connection.to.as_str()).collect();
            let (Some(first), 1) = (own.first(), stores.len()) else { return None };
            let (service, to) = (first.service.name(), first.connection.to.clone());
            let why = format!("`{}` lies in `{deepest}`, where `{service}` is built, which keeps data there", database.source);
            return Some((to, Confidence::High, why));
        }
        let of_system = |service: &ServiceRef<'_>| matches!(service.role(), Role::Datastore(product) if product == system);
        let servers = self.runtime.services().filter(of_system).map(ServiceRef::name);
        let all: BTreeSet<&str> = servers.chain(fitting().map(|one| one.connection.to.as_str())).collect();
        let alone = self.schema.databases.iter().filter(|one| one.dialect == database.dialect).count() == 1;
        let (Some(only), 1, true) = (all.first(), all.len(), alone) else { return None };
        let why = format!("`{}` is the only SQL for {system}, and `{only}` the only server", database.source);
        Some(((*only).to_owned(), Confidence::Medium, why))
    }

    /// Where the keys of each operation that takes one are kept: a column of its own table, a table for keys, else the only cache.
    fn key_storage_joins(&self) -> Vec<Connection> {
        let columns = self.key_columns();
        // Operations of several documents may be called the same.
        let numbers: HashMap<u32, usize> = self.api.operations().map(OperationRef::number).zip(0..).collect();
        let links: HashMap<usize, &OperationLink> = self.links.operations.iter().map(|link| (link.operation, link)).collect();
        let is_cache = |service: &ServiceRef<'_>| matches!(service.role(), Role::Cache(_)) || words::is_cache(service.name());
        let caches: BTreeSet<&str> = self.runtime.services().filter(is_cache).map(ServiceRef::name).collect();
        let mut found = Vec::new();
        for (operation, declared) in self.keyed().into_iter().flat_map(|(_, all)| all) {
            let link = numbers.get(&operation.number()).and_then(|number| links.get(number));
            let own: &[TableKey] = link.map(|link| link.tables.as_slice()).unwrap_or_default();
            let mine = columns.iter().find(|column| own.iter().any(|key| key.is_of(column.table())));
            let apart = || columns.iter().find(|column| words::snake(&column.table().name.name).contains("idempoten"));
            let (to, confidence, why) = match (mine, apart(), caches.first()) {
                (Some(column), ..) => (column.short_name(), Confidence::High, "a column of its own table for keys".to_owned()),
                (None, Some(column), _) => (column.short_name(), Confidence::Medium, "a table for keys by its name".to_owned()),
                (None, None, _) if columns.len() == 1 => {
                    let names = columns.iter().map(|column| column.short_name()).collect();
                    (names, Confidence::Medium, "the only column for keys".to_owned())
                }
                (None, None, Some(cache)) if caches.len() == 1 && columns.is_empty() => {
                    ((*cache).to_owned(), Confidence::Low, "no table keeps keys, and it is the only cache".to_owned())
                }
                _ => continue,
            };
            let why = format!("`{}`: {why}", declared.parameter.name());
            let (kind, from, span) = (ConnectionKind::KeyStorage, operation.subject(), declared.parameter.span());
            found.push(Connection { kind, from, to, confidence, why, span });
        }
        found
    }
}

/// A service and a store that it uses.
struct StoreUse<'m> {
    service: ServiceRef<'m>,
    /// The product, as URLs name it.
    system: &'static str,
    connection: Connection,
}

/// `HikariCP opens 10 connections at most (default)`.
fn pool_words(pool: &Pool) -> Option<String> {
    let (most, by_default) = match pool.most() {
        crate::fact::Fact::Known(most, origin) => (most, if origin.is_default() { " (default)" } else { "" }),
        _ => return None,
    };
    Some(format!("{} opens {most} connections at most{by_default}", pool.product.unwrap_or("its pool")))
}
