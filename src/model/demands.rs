//! Numbers that `[context]` of the configuration states: budgets of limits, how long the slowest requests may take, the load, the team.

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

/// Requests a second in the busiest percent of the time.
pub const LOAD: &str = "qps_p99";
/// How many reads come to one write.
pub const READS: &str = "read_write_ratio";
/// The share of requests that must succeed, in percent.
pub const AVAILABILITY: &str = "slo_availability";
/// How many people build and run the service.
pub const TEAM: &str = "team_size";

/// Every key that is a length of time in milliseconds.
pub const LENGTHS: [&str; 5] = [LATENCY, CONNECT, STATEMENT, REQUEST, JOB];
/// Every other key that the model asks for.
pub const NUMBERS: [&str; 4] = [LOAD, READS, AVAILABILITY, TEAM];

/// A length of time that the configuration states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// How long; zero: without end.
    pub length: Duration,
    /// Who says so: `` `latency_p99_ms` in `backend-lint.toml` ``.
    pub said: String,
}

/// A number that the configuration states.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// The number; finite and not negative.
    pub value: f64,
    /// Who says so: `` `qps_p99` in `backend-lint.toml` ``.
    pub said: String,
}

/// What `[context.tables]` states of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableFacts {
    /// How many rows it has; finite and not negative. Absent where nobody says.
    pub rows: Option<f64>,
    /// Whether its rows grow with use. Absent where nobody says.
    pub growth: Option<Growth>,
}

/// Whether the rows of a table grow with use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// They do.
    Hot,
    /// It stays as it is.
    Static,
}

/// What is stated for a folder, by key; absent where no configuration file says it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Demands {
    lengths: BTreeMap<&'static str, Demand>,
    numbers: BTreeMap<&'static str, Stated>,
    /// Of single tables, by their names as they are written: `orders`, `public.orders`.
    pub tables: BTreeMap<String, TableFacts>,
}

/// What is stated for each folder, folders above first.
#[derive(Debug, Clone, Default)]
pub struct DemandsByFolder(Vec<(String, Demands)>);

impl TableFacts {
    /// Takes over what is said nearer, or more exactly.
    pub fn refine(&mut self, nearer: &TableFacts) {
        self.rows = nearer.rows.or(self.rows);
        self.growth = nearer.growth.or(self.growth);
    }
}

impl Demands {
    /// Takes a length of time in; `by`: the file, or the preset in words.
    pub fn set(&mut self, key: &'static str, milliseconds: f64, by: &str) {
        let Ok(length) = Duration::try_from_secs_f64(milliseconds / 1000.0) else { return };
        self.lengths.insert(key, Demand { length, said: said(key, by) });
    }

    /// Takes another number in; `by`: the file, or the preset in words.
    pub fn set_number(&mut self, key: &'static str, value: f64, by: &str) {
        if value.is_finite() && value >= 0.0 {
            self.numbers.insert(key, Stated { value, said: said(key, by) });
        }
    }

    /// Takes over what a nearer file says.
    pub fn refine(&mut self, nearer: &Demands) {
        self.lengths.extend(nearer.lengths.iter().map(|(key, demand)| (*key, demand.clone())));
        self.numbers.extend(nearer.numbers.iter().map(|(key, number)| (*key, number.clone())));
        for (name, facts) in &nearer.tables {
            self.tables.entry(name.clone()).or_default().refine(facts);
        }
    }
}

fn said(key: &str, by: &str) -> String {
    let place = if by.starts_with("preset ") { format!("of {by}") } else { format!("in `{by}`") };
    format!("`{key}` {place}")
}

impl DemandsByFolder {
    /// What is stated for folders: the root first, then those below, folders above before their own.
    pub fn new(folders: impl Iterator<Item = (String, Demands)>) -> DemandsByFolder {
        DemandsByFolder(folders.collect())
    }

    /// The length of time that is stated under a key for a file: the nearest configuration file that says it wins.
    pub fn at(&self, path: &str, key: &str) -> Option<&Demand> {
        self.nearest(path).find_map(|demands| demands.lengths.get(key))
    }

    /// The number that is stated under a key for a file: the nearest configuration file that says it wins.
    pub fn number_at(&self, path: &str, key: &str) -> Option<&Stated> {
        self.nearest(path).find_map(|demands| demands.numbers.get(key))
    }

    /// What the configuration files above a file state, the nearest first.
    fn nearest(&self, path: &str) -> impl Iterator<Item = &Demands> {
        self.0.iter().rev().filter(move |(folder, _)| files::is_within(folder, path)).map(|(_, demands)| demands)
    }
}
