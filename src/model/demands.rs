//! Lengths of time that `[context]` of the configuration states: budgets of limits, and how long the slowest requests may take.

use crate::files;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long the slowest percent of requests may take.
pub const LATENCY: &str = "latency_p99_ms";
/// How long connecting, and waiting for a connection, may take.
pub const CONNECT: &str = "connect_budget_ms";
/// How long a statement may take.
pub const STATEMENT: &str = "statement_budget_ms";
/// How long the handling of a request may take.
pub const REQUEST: &str = "request_budget_ms";
/// How long a job may take.
pub const JOB: &str = "job_budget_ms";

/// Every key.
pub const KEYS: [&str; 5] = [LATENCY, CONNECT, STATEMENT, REQUEST, JOB];

/// A length of time that the configuration states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// How long; zero: without end.
    pub length: Duration,
    /// Who says so: `` `latency_p99_ms` in `backend-lint.toml` ``.
    pub said: String,
}

/// What is stated for a folder, by key; absent where no configuration file says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demands(BTreeMap<&'static str, Demand>);

/// What is stated for each folder, folders above first.
#[derive(Debug, Clone, Default)]
pub struct DemandsByFolder(Vec<(String, Demands)>);

impl Demands {
    /// What is stated under a key.
    pub fn get(&self, key: &str) -> Option<&Demand> {
        self.0.get(key)
    }

    /// Takes a value in; `by`: the file, or the preset in words.
    pub fn set(&mut self, key: &'static str, milliseconds: f64, by: &str) {
        let Ok(length) = Duration::try_from_secs_f64(milliseconds / 1000.0) else { return };
        let place = if by.starts_with("preset ") { format!("of {by}") } else { format!("in `{by}`") };
        self.0.insert(key, Demand { length, said: format!("`{key}` {place}") });
    }

    /// Takes over what a nearer file says.
    pub fn refine(&mut self, nearer: &Demands) {
        self.0.extend(nearer.0.iter().map(|(key, demand)| (*key, demand.clone())));
    }
}

impl DemandsByFolder {
    /// What is stated for folders: the root first, then those below, folders above before their own.
    pub fn new(folders: impl Iterator<Item = (String, Demands)>) -> DemandsByFolder {
        DemandsByFolder(folders.collect())
    }

    /// What is stated under a key for a file: the nearest configuration file that says it wins.
    pub fn at(&self, path: &str, key: &str) -> Option<&Demand> {
        self.0.iter().rev().filter(|(folder, _)| files::is_within(folder, path)).find_map(|(_, demands)| demands.get(key))
    }
}
