//! Which tables a document may be about: in a repository of several services, those of its own.

use super::tables::{self, Tables};
use crate::model::boundaries::{Boundaries, Boundary};
use crate::model::schema::Schema;
use std::collections::BTreeMap;

/// The tables of a repository as a whole and service by service.
#[derive(Debug)]
pub(super) struct Scopes<'b> {
    all: Tables,
    /// By name of the service; only those that have tables and not all of them.
    own: BTreeMap<&'b str, Tables>,
    boundaries: &'b Boundaries,
}

impl<'b> Scopes<'b> {
    /// Sorts the databases of a repository by the services that they lie in.
    pub fn new(schema: &Schema, boundaries: &'b Boundaries) -> Scopes<'b> {
        let home = |source: &str| boundaries.of(source).map(|boundary: &Boundary| boundary.name.as_str());
        let homes: Vec<Option<&str>> = schema.databases.iter().map(|database| home(&database.source)).collect();
        let prefixes = tables::common_prefixes(schema);
        let mut own = BTreeMap::new();
        for name in homes.iter().flatten().filter(|name| homes.iter().any(|home| home.as_ref() != Some(*name))) {
            own.entry(*name).or_insert_with(|| Tables::new(schema, &prefixes, &homes, Some(*name)));
        }
        Scopes { all: Tables::new(schema, &prefixes, &homes, None), own, boundaries }
    }

    /// Every table.
    pub fn all(&self) -> &Tables {
        &self.all
    }

    /// What is found among the tables of the service that a document belongs to; where that is nothing, among all.
    pub fn nearest<'s, T>(&'s self, document: &str, find: impl Fn(&'s Tables) -> Vec<T>) -> Vec<T> {
        let own = self.boundaries.of(document).and_then(|boundary| self.own.get(boundary.name.as_str()));
        let found = own.map(&find).unwrap_or_default();
        if found.is_empty() { find(&self.all) } else { found }
    }
}
