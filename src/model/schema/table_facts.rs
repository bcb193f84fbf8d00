//! What `[context.tables]` of the configuration states of single tables, and what it is asked for.

use super::catalog::{Database, Table};
use crate::model::demands::TableFacts;
use crate::model::{Settings, words};

/// What is stated of a table, and under which name.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// The name of the table as the configuration writes it: `orders`, `public.orders`.
    pub name: String,
    /// What is stated.
    pub facts: TableFacts,
}

/// Notes in the tables of `database` what the configuration states of them: by their name with their schema, else by
/// that alone.
pub(super) fn note(settings: &Settings, database: &mut Database) {
    let settings = settings.at(&database.source);
    for (name, facts) in &settings.demands.tables {
        let is_it = |table: &&mut Table| {
            let full = table.name.to_string();
            full == *name || (*table.name.name == *name && !settings.demands.tables.contains_key(&full))
        };
        for table in database.tables.iter_mut().filter(is_it) {
            table.stated = Some(Box::new(Stated { name: name.clone(), facts: facts.clone() }));
        }
    }
}

impl Table {
    /// How many rows the configuration says that it has, and the key that says so: `tables.orders.rows`.
    pub fn stated_rows(&self) -> Option<(f64, String)> {
        let stated = self.stated.as_ref()?;
        Some((stated.facts.rows?, format!("tables.{}.rows", stated.name)))
    }

    /// Whether its rows grow with use: the configuration says so, or the last word of its name.
    pub fn grows(&self) -> bool {
        self.stated.as_ref().is_some_and(|stated| stated.facts.is_hot) || words::is_growing(&self.name.name)
    }
}
