//! Retries of Resilience4j, as settings of Spring applications state them.
//!
//! What is absent: retries that only code makes, and what a customizer in code changes.

use super::Runtime;
use super::application::view::as_number;
use super::application::{Entry, View, squash};
use super::breaker::{instances, written_name};
use super::profile::Profile;
use crate::source::Span;
use std::collections::HashSet;

/// A retry that settings describe.
#[derive(Debug, Clone)]
pub struct RetryInstance {
    /// Its name.
    pub name: String,
    /// How often it calls, the first time included, and where that is written; `None`: nothing is written (three times).
    pub calls: Option<(u32, Span)>,
    /// Whether each wait is known to be as long as the one before it.
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
/// Settings that make waits differ.
const SPREAD: [&str; 2] = ["enableexponentialbackoff", "enablerandomizedwait"];

impl Runtime {
    /// Every retry of Resilience4j that settings describe, each place once; those for real use first.
    pub fn retry_instances(&self) -> Vec<RetryInstance> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for view in self.views() {
            found.extend(of_view(&view).into_iter().filter(|one| seen.insert(one.span)));
        }
        found
    }
}

fn of_view(view: &View<'_>) -> Vec<RetryInstance> {
    let entries: Vec<&Entry> = view.entries();
    let by_name = instances(&entries, INSTANCES, &SETTINGS);
    let found = by_name.into_iter().map(|(name, span)| {
        let own = format!("{INSTANCES}{name}");
        // Without a base of its own an instance is built upon `default`.
        let base = view.get(&format!("{own}baseconfig")).known().map_or("default".to_owned(), |said| squash(&said.text));
        let ask = |setting: &str| view.first(&[&format!("{own}{setting}"), &format!("{CONFIGS}{base}{setting}")]);
        let calls = ["maxattempts", "maxretryattempts"].iter().find_map(|setting| {
            let said = as_number(&ask(setting));
            Some((*said.known()?, said.span()?))
        });
        let is_off = |setting: &&str| {
            let said = ask(setting);
            said.known_absent() || said.known().is_some_and(|said| said.text.trim().eq_ignore_ascii_case("false"))
        };
        let key = entries.iter().find(|entry| entry.span() == span).map_or(name, |entry| written_name(&entry.key));
        RetryInstance {
            name: key.to_owned(),
            calls,
            waits_alike: SPREAD.iter().all(is_off) && view.application.gap.is_none(),
            span,
            use_for: view.use_for(),
        }
    });
    found.collect()
}
