//! The joins between the parts, each made once, with its confidence and the reasons that prove it.
//!
//! An object of the API is bound to the table that stores it by two independent signals: what it is called (component,
//! path) and what it holds (properties that are columns). Where the signals are split between two tables there is no join.

mod bind;
mod compare;
mod entities;
mod json;
mod narrowing;
mod order;
mod settings;
pub mod tables;
mod values;
mod view;

pub use compare::ValueComparison;
pub use json::to_json;
pub use narrowing::{Excess, NarrowedField};
pub use order::{Taken, TakenValues};
pub use tables::TableKey;
pub use values::ShortestColumn;
pub use view::{ParameterColumn, PropertyColumn, UnservedSort};

use super::queries::{Queries, QueryLinks};
use super::{Settings, api::Api, api::Pin, runtime::Runtime, schema::Schema, words};
use crate::diagnostic::Confidence;

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
    /// Queries and tables.
    pub queries: QueryLinks,
}

/// Joins the parts.
pub fn join(api: &Api, schema: &Schema, queries: &Queries, _runtime: &Runtime, settings: &Settings) -> Links {
    let tables = tables::Tables::new(schema);
    if tables.is_empty() {
        return Links { queries: super::queries::join(schema, queries), ..Links::default() };
    }
    let found = entities::collect(api);
    let mut links = Links { queries: super::queries::join(schema, queries), ..Links::default() };
    for entity in &found {
        let Some(bound) = bind::bind(&entity.profile, &tables) else { continue };
        links.entities.push(EntityLink {
            pin: entity.pin,
            name: entity.name.clone(),
            tables: bound.table.tables.clone(),
            confidence: bound.confidence,
            why: bound.why,
            in_request: entity.in_request,
            in_response: entity.in_response,
            answers_write: entity.answers_write,
            operation: entity.operation,
        });
    }
    for (number, operation) in api.operations().enumerate() {
        let link = match settings.links.get(&operation.subject()) {
            Some(None) => None,
            Some(Some(table)) => declared(&tables, number, table),
            None => view::operation_link(&links, number, operation),
        };
        links.operations.extend(link);
    }
    links
}

/// What `[links]` says of an operation.
fn declared(tables: &tables::Tables, operation: usize, table: &str) -> Option<OperationLink> {
    let name = table.rsplit('.').next().unwrap_or(table);
    let same = |key: &TableKey| key.name.name == name && (!table.contains('.') || key.name.to_string() == table);
    let found = tables.named(&words::noun(name)).find(|logical| logical.tables.iter().any(same))?;
    let tables = found.tables.iter().filter(|key| same(key)).cloned().collect();
    Some(OperationLink { operation, tables, confidence: Confidence::High, why: "[links] of the configuration".into() })
}
