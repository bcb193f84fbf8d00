//! The joins between the parts, each made once, with its confidence and the labels that prove it.

mod words;

use super::{Settings, api::Api, queries::Queries, runtime::Runtime, schema::Schema};

/// All joins of one model.
#[derive(Debug, Default)]
pub struct Links {}

/// Joins the parts.
pub fn join(_api: &Api, _schema: &Schema, _queries: &Queries, _runtime: &Runtime, _settings: &Settings) -> Links {
    Links::default()
}
