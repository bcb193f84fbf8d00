//! What `[context.tables]` of the configuration states of single tables, and what it is asked for.

use super::catalog::{Database, Table, TableName};
use super::{Schema, TableRef};
use crate::model::demands::{Growth, TableFacts};
use crate::model::{Settings, words};
use std::collections::BTreeMap;

/// What is stated of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stated {
    /// What is stated.
    facts: TableFacts,
    /// The name under which its rows are, as the configuration writes it: `orders`, `public.orders`.
    rows_of: String,
}

/// Notes in the tables of `database` what the configuration states of them. What is said of a name with its schema goes before what is
/// said of the name alone.
pub(super) fn note(settings: &Settings, database: &mut Database) {
    let settings = settings.at(&database.source);
    let mut stated: Vec<(&String, &TableFacts)> = settings.demands.tables.iter().collect();
    stated.sort_by_key(|(name, _)| name.contains('.'));
    for (name, facts) in stated {
        for table in database.tables.iter_mut().filter(|table| table.name.is_written(name)) {
            let held = table.stated.get_or_insert_default();
            held.facts.refine(facts);
            if facts.rows.is_some() {
                held.rows_of.clone_from(name);
            }
        }
    }
}

impl TableName {
    /// Whether the configuration means this table by a name: its own, or its schema and that. The schema alone is none.
    pub fn is_written(&self, written: &str) -> bool {
        self.name == written || self.schema.is_some() && self.to_string() == written
    }
}

impl Table {
    /// How many rows the configuration says that it has, and the key that says so: `tables.orders.rows`.
    pub fn stated_rows(&self) -> Option<(f64, String)> {
        let stated = self.stated.as_ref()?;
        Some((stated.facts.rows?, format!("tables.{}.rows", stated.rows_of)))
    }

    /// Whether the configuration says that its rows grow with use, or that it stays as it is; `None` where it says nothing.
    pub fn stated_growth(&self) -> Option<Growth> {
        self.stated.as_ref()?.facts.growth
    }

    /// Whether its rows may grow with use: by the last word of its name, or because the configuration speaks of it. Where that says that
    /// the table stays as it is, the context lowers what is found, and says so.
    pub fn may_grow(&self) -> bool {
        self.stated_growth().is_some() || words::is_growing(&self.name.name)
    }

    /// Whether its rows grow with use: as the configuration says, else by the last word of its name.
    pub fn grows(&self) -> bool {
        self.stated_growth().map_or_else(|| words::is_growing(&self.name.name), |growth| growth == Growth::Hot)
    }
}

impl TableRef<'_> {
    /// Whether the configuration says that its rows grow with use, whatever the table is called.
    pub fn is_said_to_grow(&self) -> bool {
        self.table().stated_growth() == Some(Growth::Hot)
    }
}

/// The tables and views that findings can be about: those that there are, and those that pending migrations take away or rename.
#[derive(Debug, Clone, Default)]
pub struct TableNames(BTreeMap<String, TableName>);

impl TableNames {
    /// Those of a schema.
    pub fn of(schema: &Schema) -> TableNames {
        let views = schema.databases.iter().flat_map(|database| &database.views).map(|view| view.name.clone());
        let there = schema.tables().map(|table| table.table().name.clone()).chain(views);
        let steps = schema.pending_steps().filter_map(|step| step.before().map(|before| before.name.clone()));
        TableNames(there.chain(steps).map(|name| (name.to_string(), name)).collect())
    }

    /// Each once, in order.
    pub fn iter(&self) -> impl Iterator<Item = &TableName> {
        self.0.values()
    }

    /// The table that a subject of a finding is or belongs to: `public.orders`, `public.orders.note`, `public.orders(status, id)`.
    pub fn of_subject(&self, subject: &str) -> Option<&TableName> {
        // The name ends where its columns begin.
        let subject = subject.split(['(', ' ']).next().unwrap_or(subject);
        let shorter = subject.rmatch_indices('.').filter_map(|(at, _)| subject.get(..at));
        std::iter::once(subject).chain(shorter).find_map(|name| self.0.get(name))
    }
}
