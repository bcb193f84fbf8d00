//! Queries by what they are called: `ListOrders :many` runs for the operation `listOrders`.

use super::TableKey;
use crate::model::queries::{Cardinality, Queries, QueryLinks, main_tables};
use crate::model::schema::Schema;
use crate::model::words;
use std::collections::HashMap;

/// A query that may run for an operation.
#[derive(Debug, Clone)]
pub struct NamedQuery {
    /// What it is called.
    pub name: String,
    /// The table that it is about.
    pub table: TableKey,
    /// Its number among all of the model.
    pub number: usize,
    /// Whether it is called just as the operation is.
    pub same_name: bool,
    many: Option<bool>,
}

/// All named queries of the application.
#[derive(Debug, Default)]
pub struct NamedQueries {
    by_name: HashMap<String, Vec<NamedQuery>>,
    by_noun: HashMap<String, Vec<NamedQuery>>,
}

impl NamedQueries {
    /// Reads the names of the queries whose table is known.
    pub fn new(schema: &Schema, queries: &Queries, links: &QueryLinks) -> NamedQueries {
        let mut all = NamedQueries::default();
        for (number, database, table) in main_tables(schema, queries, links) {
            let Some(query) = queries.numbered(number) else { continue };
            let Some(name) = query.name.as_ref().map(|name| name.value.clone()) else { continue };
            let many = match query.cardinality {
                Some(Cardinality::Many) => Some(true),
                Some(Cardinality::One) => Some(false),
                _ => None,
            };
            let table = TableKey { database, name: table.clone() };
            let named = NamedQuery { name: name.clone(), table, number, same_name: false, many };
            all.by_name.entry(words::snake(&name)).or_default().push(NamedQuery { same_name: true, ..named.clone() });
            if let Some(noun) = words::spoken_noun(&name) {
                all.by_noun.entry(noun).or_default().push(named);
            }
        }
        all
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// The queries of an operation's name; else those about the same noun that give as many rows as it does (`many`).
    pub fn of(&self, operation_id: &str, many: Option<bool>) -> Vec<&NamedQuery> {
        let agree = |one: &&NamedQuery| one.many.is_none() || many.is_none() || one.many == many;
        let same: Vec<&NamedQuery> = self.by_name.get(&words::snake(operation_id)).into_iter().flatten().filter(agree).collect();
        if !same.is_empty() {
            return same;
        }
        let fits = |one: &&NamedQuery| many.is_some() && one.many == many;
        let noun = words::spoken_noun(operation_id).unwrap_or_default();
        let found: Vec<&NamedQuery> = self.by_noun.get(&noun).into_iter().flatten().filter(fits).collect();
        // Queries of one noun over several tables say nothing.
        let first = found.first().map(|one| &one.table);
        if found.iter().all(|one| Some(&one.table) == first) { found } else { Vec::new() }
    }
}
