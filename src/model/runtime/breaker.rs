//! Circuit breakers of Resilience4j, as settings of Spring applications state them.
//!
//! What is absent: breakers that only code makes, and calls whose own limits only code knows.

use super::Runtime;
use super::application::{Entry, View, squash};
use super::profile::Profile;
use super::timeout::{Units, parse};
use crate::fact::Fact;
use crate::source::Span;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A circuit breaker.
#[derive(Debug, Clone)]
pub struct Breaker {
    /// Its name.
    pub name: String,
    /// Where the first of its settings stands.
    pub span: Span,
    /// Where a wait of zero in the half-open state is written; `None`: nothing is written, which means the same.
    pub zero: Option<Span>,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// What every setting of a breaker begins with, in the flat form of keys.
pub(super) const INSTANCES: &str = "resilience4jcircuitbreakerinstances";
const CONFIGS: &str = "resilience4jcircuitbreakerconfigs";
/// How the setting is called that ends the half-open state, in the flat form.
const LIMIT: &str = "maxwaitdurationinhalfopenstate";
/// Keys that bound the calls behind a breaker, so that each of them ends.
const CALL_LIMITS: [&str; 5] = ["timelimiter", "readtimeout", "responsetimeout", "calltimeout", "connecttimeout"];
/// Settings of a breaker: what stands before one of them is its name.
pub(super) const SETTINGS: [&str; 12] = [
    "failureratethreshold",
    "slidingwindowsize",
    "slidingwindowtype",
    "waitdurationinopenstate",
    "permittednumberofcallsinhalfopenstate",
    "minimumnumberofcalls",
    "baseconfig",
    "registerhealthindicator",
    "automatictransitionfromopentohalfopenenabled",
    "slowcallratethreshold",
    "slowcalldurationthreshold",
    LIMIT,
];

impl Runtime {
    /// Every breaker, and those that may stay half-open for ever: no written limit, in an application none of whose calls has one.
    pub fn breakers(&self) -> (usize, Vec<Breaker>) {
        let (mut considered, mut found, mut seen) = (0, Vec::new(), HashSet::new());
        for application in &self.applications {
            for files in application.views() {
                considered += of_view(&files).0;
                // Variables of the services that run it are over its files.
                let open = files.as_run(&self.services);
                let open = open.iter().flat_map(|view| of_view(view).1);
                found.extend(open.filter(|breaker| seen.insert(breaker.span)));
            }
        }
        (considered, found)
    }
}

fn of_view(view: &View<'_>) -> (usize, Vec<Breaker>) {
    let entries = view.entries();
    let variables = view.service.into_iter().flat_map(|service| service.environment.iter());
    let names: Vec<String> =
        entries.iter().map(|entry| entry.name.clone()).chain(variables.map(|(key, _)| squash(key))).collect();
    let breakers = instances(&entries, INSTANCES, &SETTINGS);
    let number = breakers.len();
    let is_bounded = names.iter().any(|name| CALL_LIMITS.iter().any(|limit| name.contains(limit)));
    if is_bounded || view.application.gap.is_some() {
        return (number, Vec::new());
    }
    // A limit of a shared configuration may be any breaker's.
    let of_configs = names.iter().any(|name| name.starts_with(CONFIGS) && name.ends_with(LIMIT));
    let by_span: HashMap<Span, &Entry> = entries.iter().map(|entry| (entry.span(), *entry)).collect();
    let open = breakers.into_iter().filter_map(|(name, span)| {
        let zero = match view.get(&format!("{INSTANCES}{name}{LIMIT}")) {
            Fact::Absent if of_configs => return None,
            Fact::Absent => None,
            Fact::Known(said, _) if parse(&said.text, Units::Common, Some(1e-3)).is_some_and(|wait| wait.is_zero()) => {
                Some(said.span)
            }
            _ => return None,
        };
        let shown = by_span.get(&span).map_or(name, |entry| written_name(&entry.key));
        Some(Breaker { name: shown.to_owned(), span, zero, use_for: view.use_for() })
    });
    (number, open.collect())
}

/// The instances of which settings are among the entries, by name in the flat form, with the place of the first setting of each.
pub(super) fn instances<'e>(entries: &[&'e Entry], start: &str, settings: &[&str]) -> BTreeMap<&'e str, Span> {
    let mut found: BTreeMap<&str, Span> = BTreeMap::new();
    for entry in entries {
        let Some(rest) = entry.name.strip_prefix(start) else { continue };
        if let Some(name) = settings.iter().find_map(|setting| rest.strip_suffix(setting)).filter(|name| !name.is_empty()) {
            let span = found.entry(name).or_insert(entry.span());
            *span = (*span).min(entry.span());
        }
    }
    found
}

/// `payments` of `resilience4j.circuitbreaker.instances.payments.base-config`.
pub(super) fn written_name(key: &str) -> &str {
    let mut parts = key.rsplit('.');
    parts.next();
    parts.next().unwrap_or(key)
}
