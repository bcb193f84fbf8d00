//! The joins between the parts, each made once, with its confidence and the reasons that prove it.
//!
//! An object of the API is bound to the table that stores it by two independent signals: what it is called (component,
//! path) and what it holds (properties that are columns). Where the signals are split between two tables there is no join.

mod bind;
mod candidates;
mod compare;
mod connections;
mod defaults;
mod elsewhere;
mod entities;
mod fields;
mod filters;
mod health;
mod json;
mod named_queries;
mod narrowing;
mod operations;
mod order;
pub mod passages;
mod places;
mod query_logs;
mod ranges;
pub mod routes;
mod scopes;
mod serves;
mod settings;
mod storage;
pub mod tables;
pub mod uploads;
mod values;
mod view;

pub use candidates::{Candidate, Decision, Family, OperationJoin, Signal};
pub use compare::ValueComparison;
pub use connections::{Connection, ConnectionKind};
pub use defaults::DefaultClash;
pub use fields::{FormatClash, TypeClash, UnkeptField};
pub use filters::Filter;
pub use health::{UnprobedEndpoint, UnservedProbe};
pub use json::to_json;
pub use narrowing::{Excess, NarrowedField};
pub use operations::OperationTable;
pub use order::{Taken, TakenValues};
pub use query_logs::QueryLog;
pub use ranges::RangeClash;
pub use storage::KeyStorage;
pub use tables::TableKey;
pub use values::ShortestColumn;
pub use view::{ParameterColumn, PropertyColumn, UnservedSort};

use super::boundaries::Boundaries;
use super::queries::{Queries, QueryLinks};
use super::{Settings, api::Api, api::OperationRef, api::Pin, runtime::Runtime, schema::Schema};
use crate::diagnostic::Confidence;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// An object of the API and the table that stores it.
#[derive(Debug, Clone)]
pub struct EntityLink {
    /// The object.
    pub pin: Pin,
    /// What people call it.
    pub name: String,
    /// The table; several where databases of other dialects hold it too.
    pub tables: Vec<TableKey>,
    /// How sure we are.
    pub confidence: Confidence,
    /// The signals in words.
    pub why: String,
    /// Whether clients send it.
    pub in_request: bool,
    /// Whether clients receive it.
    pub in_response: bool,
    /// Whether clients receive it in answer to a request that writes: what it holds was sent in some form.
    pub answers_write: bool,
    /// Whether it is one of several forms (`oneOf`) wherever it is used.
    pub is_form: bool,
    /// Number of the first operation that uses it, among all of the model.
    pub operation: usize,
}

/// An operation and the table that it is about.
#[derive(Debug, Clone)]
pub struct OperationLink {
    /// Number of the operation among all of the model.
    pub operation: usize,
    /// The table; several where databases of other dialects hold it too.
    pub tables: Vec<TableKey>,
    /// How sure we are.
    pub confidence: Confidence,
    /// The signals in words.
    pub why: String,
}

/// All joins of one model.
#[derive(Debug, Default)]
pub struct Links {
    /// Objects and tables, in the order of first use.
    pub entities: Vec<EntityLink>,
    /// Operations and tables, in the order of operations.
    pub operations: Vec<OperationLink>,
    /// How the table of each operation was decided on; empty where there is no table at all.
    pub joins: Vec<OperationJoin>,
    /// Queries and tables.
    pub queries: QueryLinks,
    /// Routes of gateways and the operations that they lead to, in order of the routes.
    pub routes: Vec<routes::RouteLink>,
    /// Documents and the services that they describe, in order of the services.
    pub services: Vec<routes::ServiceLink>,
    /// Where the properties of each of [`Links::entities`] are stored; found at the first question.
    fields: OnceLock<Vec<Vec<places::FieldPlace>>>,
    /// The tables that an operation which creates is about; found at the first question.
    created_in: OnceLock<HashSet<TableKey>>,
}

/// Joins the parts.
pub fn join(
    api: &Api,
    schema: &Schema,
    queries: &Queries,
    runtime: &Runtime,
    boundaries: &Boundaries,
    settings: &Settings,
) -> Links {
    let (routes, services) = routes::join(api, runtime, settings);
    let mut links = Links { queries: super::queries::join(schema, queries), routes, services, ..Links::default() };
    // What an API holds is asked for the sake of tables alone.
    if schema.databases.iter().all(|database| database.tables.is_empty()) {
        return links;
    }
    let found = entities::collect(api);
    // Without an API nothing asks what the tables of a large database are called.
    if found.is_empty() && api.operations().next().is_none() {
        return links;
    }
    let scopes = scopes::Scopes::new(schema, boundaries);
    if scopes.all().is_empty() {
        return links;
    }
    let operations: Vec<OperationRef> = api.operations().collect();
    for entity in &found {
        let document = operations.get(entity.operation).map_or("", |operation| operation.document().path());
        let bound = scopes.nearest(document, |tables| bind::bindings(&entity.profile, tables));
        links.entities.extend(bind::best(bound).map(|bound| candidates::entity_link(entity, bound)));
    }
    let named = named_queries::NamedQueries::new(schema, queries, &links.queries);
    let judge = candidates::Judge { tables: scopes.all(), entities: &links.entities, queries: &named };
    let mut joins: Vec<OperationJoin> = Vec::with_capacity(operations.len());
    for operation in &operations {
        let among = |tables| candidates::Judge { tables, ..judge }.candidates(*operation);
        let found = scopes.nearest(operation.document().path(), among);
        joins.push(match settings.links.get(&operation.subject()) {
            Some(table) => OperationJoin::declared(scopes.all(), table.as_ref(), found),
            None => OperationJoin::decide(found),
        });
    }
    beside(&operations, &mut joins);
    for (operation, join) in operations.iter().zip(&mut joins) {
        if let Some(link) = join.link(0) {
            join.queries = judge.queries(*operation, &link.tables);
        }
    }
    links.operations = joins.iter().enumerate().filter_map(|(number, join)| join.link(number)).collect();
    links.joins = joins;
    links
}

/// Lets operations that are joined by what they hold speak for those at the same path that hold nothing.
fn beside(operations: &[OperationRef], joins: &mut [OperationJoin]) {
    let mut known: HashMap<&str, (usize, OperationLink)> = HashMap::new();
    for (number, (operation, join)) in operations.iter().zip(joins.iter()).enumerate() {
        let sure = join.link(number).filter(|link| link.confidence >= Confidence::Medium);
        if let Some(link) = sure {
            let (_, held) = known.entry(operation.normal_path()).or_insert_with(|| (number, link.clone()));
            if link.confidence > held.confidence {
                known.insert(operation.normal_path(), (number, link));
            }
        }
    }
    for (number, (operation, join)) in operations.iter().zip(joins.iter_mut()).enumerate() {
        let other = known.get(operation.normal_path()).filter(|(other, _)| *other != number);
        if let (Some((other, link)), Decision::Ahead | Decision::Split) = (other, join.decision) {
            join.beside(link, &operations[*other].subject());
        }
    }
}
