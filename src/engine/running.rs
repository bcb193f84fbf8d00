//! Runs rules over the models. A rule that panics becomes a finding of its own, and the others go on.

use crate::diagnostic::Diagnostic;
use crate::discover::Discovery;
use crate::model::Model;
use crate::model::workspace::in_threads;
use crate::rules::{Context, Rule};
use crate::source::{Sources, Span};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What one rule said.
pub(super) struct Said {
    /// The rule.
    pub(super) rule: &'static Rule,
    /// Its diagnostics, or why it failed.
    pub(super) diagnostics: Result<Vec<Diagnostic>, String>,
    /// How many subjects it considered.
    pub(super) considered: usize,
}

/// Runs rules, in threads; the answers stand in the order of the rules.
pub(super) fn run(rules: &[&'static Rule], head: &Model, base: Option<&Model>, sources: &Sources, threads: usize) -> Vec<Said> {
    in_threads(threads, rules, |rule| {
        let context = Context::new(head, base, sources);
        // The models are only read, so that a rule that stops half-way leaves nothing half-done behind.
        let result = catch_unwind(AssertUnwindSafe(|| (rule.check)(&context)));
        Said { rule, diagnostics: result.map_err(|panic| reason(panic.as_ref())), considered: context.considered() }
    })
}

/// What a panic said, in one line.
pub(super) fn reason(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.and_then(|text| text.lines().next()).unwrap_or("no reason given").to_owned()
}

/// Id of the finding that a failed rule becomes.
pub(super) const RULE_FAILED: &str = "internal/rule-failed";

/// The finding that a rule becomes when it panics.
pub(super) fn failed(rule: &Rule, reason: &str, place: Span) -> Diagnostic {
    Diagnostic::new(rule.id, format!("the rule `{}` failed and judged nothing in this run", rule.id))
        .at(place, reason)
        .help(format!("report this as a fault of backend-lint; until it is mended: --ignore {}", rule.id))
}

/// The first line of the first artifact: the place of what concerns the whole repository.
pub(super) fn first_place(discovery: &Discovery, sources: &mut Sources) -> Span {
    let first = discovery
        .artifacts
        .iter()
        .find_map(|artifact| sources.iter().find(|(_, source)| *source.path == *artifact.path).map(|(id, _)| id));
    // Rules can fail on an empty model too, and a finding has a place.
    let id = first.unwrap_or_else(|| sources.add("backend-lint.toml", ""));
    let line = sources.line_range(id, 1);
    Span::new(id, line.start, line.end)
}
