//! Runs rules over the models. A rule that panics becomes a finding of its own, and the others go on.

use super::findings;
use crate::diagnostic::{Diagnostic, Finding, Severity};
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

/// What rules are run over.
#[derive(Clone, Copy)]
pub(super) struct Subject<'m> {
    /// The repository as it is.
    pub(super) head: &'m Model,
    /// The repository as it was, where a rule needs that.
    pub(super) base: Option<&'m Model>,
    /// The texts of both.
    pub(super) sources: &'m Sources,
}

/// Runs rules, in threads; the answers stand in the order of the rules.
pub(super) fn run(rules: &[&'static Rule], subject: Subject, threads: usize) -> Vec<Said> {
    in_threads(threads, rules, |rule| {
        let context = Context::new(subject.head, subject.base, subject.sources);
        // The models are only read, so that a rule that stops half-way leaves nothing half-done behind.
        let result = catch_unwind(AssertUnwindSafe(|| (rule.check)(&context)));
        Said { rule, diagnostics: result.map_err(|panic| reason(panic.as_ref())), considered: context.considered() }
    })
}

/// What rules found, in order and numbered, and the rules that failed with their reasons.
pub(super) fn collect(said: Vec<Said>, sources: &Sources) -> (Vec<Finding>, Vec<(&'static Rule, String)>) {
    let (mut found, mut failed) = (Vec::new(), Vec::new());
    for one in said {
        match one.diagnostics {
            Ok(diagnostics) => {
                let placed = diagnostics.into_iter().map(|said| said.moved(|span| sources.outermost(span)));
                found.extend(placed.filter_map(|said| findings::finding(one.rule.id, said)));
            }
            Err(reason) => failed.push((one.rule, reason)),
        }
    }
    findings::sort(&mut found, sources);
    findings::number(&mut found);
    (found, failed)
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

/// The finding that a rule becomes when it panics where its findings are put together: they are shown one by one.
pub(super) fn failed_to_fold(rule: &Rule, reason: &str, place: Span) -> Diagnostic {
    Diagnostic::new(
        rule.id,
        format!("the rule `{}` failed to put its findings together, so that each is told by itself", rule.id),
    )
    .at(place, reason)
    .help("report this as a fault of backend-lint")
    .at_most(Severity::Warning, "what the rule found is shown all the same")
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

#[cfg(test)]
mod tests {
    use super::*;

    fn stops(_: &Context) -> Vec<Diagnostic> {
        panic!("no item at {}", 0)
    }

    fn counts(context: &Context) -> Vec<Diagnostic> {
        context.consider();
        Vec::new()
    }

    #[test]
    fn a_rule_that_fails_is_told_and_the_others_go_on() {
        static STOPS: Rule = Rule { id: "errors/stops", page: "", check: stops, fold: None };
        static COUNTS: Rule = Rule { id: "errors/counts", page: "", check: counts, fold: None };
        let (model, mut sources) = (Model::default(), Sources::default());
        for threads in [1, 2] {
            let subject = Subject { head: &model, base: None, sources: &sources };
            let said = run(&[&STOPS, &COUNTS, &COUNTS], subject, threads);
            assert_eq!(said.iter().map(|one| one.considered).collect::<Vec<_>>(), [0, 1, 1]);
            let (found, failed) = collect(said, &sources);
            assert!(found.is_empty());
            assert_eq!(
                failed.iter().map(|(rule, why)| (rule.id, why.as_str())).collect::<Vec<_>>(),
                [("errors/stops", "no item at 0")]
            );
        }
        let place = first_place(&Discovery::default(), &mut sources);
        let finding = findings::finding(RULE_FAILED, failed(&STOPS, "no item at 0", place)).unwrap();
        assert_eq!(finding.diagnostic.message, "the rule `errors/stops` failed and judged nothing in this run");
        assert_eq!(sources.path(finding.diagnostic.primary.span.source), "backend-lint.toml");
    }
}
