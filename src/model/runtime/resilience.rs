//! Retries of Resilience4j, as settings of Spring applications state them.
//!
//! What is absent: retries that only code makes, and what a customizer in code changes.

use super::Runtime;
use super::application::view::as_number;
use super::application::{Entry, View, squash};
use super::breaker::{instances, written_name};
use super::profile::Profile;
use crate::fact::Fact;
use crate::source::Span;
use std::collections::HashSet;

/// A retry that settings describe.
#[derive(Debug, Clone)]
pub struct RetryInstance {
    /// Its name.
    pub name: String,
    /// How often it calls, the first time included, and where that is written; `None`: nothing is written (three times).
    pub calls: Option<(u32, Span)>,
    /// Whether each wait is known to be as long as the one before it, and how often it calls is known too.
    pub waits_alike: bool,
    /// Where the first of its settings stands.
    pub span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// What every setting of a retry begins with, in the flat form of keys, and those of shared configurations.
const INSTANCES: &str = "resilience4jretryinstances";
const CONFIGS: &str = "resilience4jretryconfigs";
/// Settings of a retry: what stands before one of them is its name.
const SETTINGS: [&str; 8] = [
    "maxretryattempts",
    "maxattempts",
    "waitduration",
    "baseconfig",
    "enableexponentialbackoff",
    "exponentialbackoffmultiplier",
    "enablerandomizedwait",
    "randomizedwaitfactor",
];
/// Settings that make waits differ where they are true.
const SPREAD: [&str; 2] = ["enableexponentialbackoff", "enablerandomizedwait"];
/// The class that works out every wait.
const WORKED_OUT: &str = "intervalbifunction";
/// Configurations that are built upon one another are followed so far.
const DEEPEST: usize = 8;

impl Runtime {
    /// Every retry of Resilience4j that settings describe, each place once; those for real use first.
    pub fn retry_instances(&self) -> Vec<RetryInstance> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for view in self.views_as_run() {
            found.extend(of_view(&view).into_iter().filter(|one| seen.insert(one.span)));
        }
        found
    }
}

fn of_view(view: &View<'_>) -> Vec<RetryInstance> {
    let entries: Vec<&Entry> = view.entries();
    let by_name = instances(&entries, INSTANCES, &SETTINGS);
    let found = by_name.into_iter().map(|(name, span)| {
        let starts = built_from(view, name);
        let ask = |setting: &str| {
            let keys: Vec<String> = starts.iter().flatten().map(|start| format!("{start}{setting}")).collect();
            view.first(&keys.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let written = ["maxattempts", "maxretryattempts"].map(|setting| as_number(&ask(setting)));
        let calls = written.iter().find_map(|said| Some((*said.known()?, said.span()?)));
        let is_off = |setting: &&str| {
            let said = ask(setting);
            said.known_absent() || said.known().is_some_and(|said| said.text.trim().eq_ignore_ascii_case("false"))
        };
        let is_known = starts.is_some() && written.iter().all(|said| said.unknown().is_none()) && view.application.gap.is_none();
        let key = entries.iter().find(|entry| entry.span() == span).map_or(name, |entry| written_name(&entry.key));
        RetryInstance {
            name: key.to_owned(),
            calls,
            waits_alike: is_known && SPREAD.iter().all(is_off) && ask(WORKED_OUT).known_absent(),
            span,
            use_for: view.use_for(),
        }
    });
    found.collect()
}

/// What the keys begin with that say how a retry is: its own, and those of the configurations that it is built upon, nearest first. `None`
/// where it is not known which those are.
fn built_from(view: &View<'_>, name: &str) -> Option<Vec<String>> {
    let mut starts = vec![format!("{INSTANCES}{name}")];
    while starts.len() <= DEEPEST {
        match view.get(&format!("{}baseconfig", starts.last()?)) {
            Fact::Known(said, _) => starts.push(format!("{CONFIGS}{}", squash(&said.text))),
            // Without a base of its own an instance is built upon `default`.
            Fact::Absent if starts.len() == 1 => starts.push(format!("{CONFIGS}default")),
            Fact::Absent => return Some(starts),
            Fact::Unknown(_) => return None,
        }
    }
    None
}
