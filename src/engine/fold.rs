//! Findings that are one habit are said as one, the last thing before they are reported: what removes findings, compares them and
//! writes them down goes by each alone, so that one more of a kind is told by itself.

use super::findings;
use super::fingerprint::fingerprint;
use super::running::{self, Subject};
use crate::diagnostic::{Confidence, Diagnostic, Finding, Severity};
use crate::rules::{self, Context, Fold, FoldFn, Rule};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many reasons a habit names: what lowered its findings may differ from one to the next.
const REASONS: usize = 3;

/// Puts those findings together that their rules call one habit, each severity and confidence for itself. They stay in order. Gives the
/// rules that failed to, with their reasons: each finding of theirs still stands by itself.
pub(super) fn fold(found: &mut Vec<Finding>, subject: Subject) -> Vec<(&'static Rule, String)> {
    fold_by(rules::all(), found, subject)
}

fn fold_by(
    rules: impl Iterator<Item = &'static Rule>,
    found: &mut Vec<Finding>,
    subject: Subject,
) -> Vec<(&'static Rule, String)> {
    let folding: HashMap<&str, (&'static Rule, FoldFn)> = rules.filter_map(|rule| Some((rule.id, (rule, rule.fold?)))).collect();
    let mut alike: BTreeMap<(&'static str, Severity, Confidence), Vec<usize>> = BTreeMap::new();
    for (at, finding) in found.iter().enumerate() {
        if let Some((rule, _)) = folding.get(finding.rule.as_str()) {
            alike.entry((rule.id, finding.severity, finding.confidence)).or_default().push(at);
        }
    }
    let context = Context::new(subject.head, subject.base, subject.sources);
    let (mut habits, mut gone, mut failed) = (Vec::new(), HashSet::new(), Vec::new());
    for ((id, ..), places) in alike {
        let Some((rule, fold)) = folding.get(id) else { continue };
        let findings: Vec<&Finding> = places.iter().filter_map(|at| found.get(*at)).collect();
        let said: Vec<&Diagnostic> = findings.iter().map(|finding| &finding.diagnostic).collect();
        let folds = catch_unwind(AssertUnwindSafe(|| fold(&context, &said))).unwrap_or_else(|panic| {
            // Once, however many severities its findings have.
            if failed.last().is_none_or(|(last, _): &(&Rule, String)| last.id != rule.id) {
                failed.push((*rule, running::reason(panic.as_ref())));
            }
            Vec::new()
        });
        for Fold { which, said } in folds {
            let of: Vec<&Finding> = which.iter().filter_map(|at| findings.get(*at).copied()).collect();
            habits.extend(habit(&of, said.moved(|span| subject.sources.outermost(span))));
            gone.extend(which.iter().filter_map(|at| places.get(*at).copied()));
        }
    }
    let mut numbers = 0..found.len();
    found.retain(|_| numbers.next().is_none_or(|at| !gone.contains(&at)));
    for mut habit in habits {
        let name = |twin| fingerprint(&habit.rule, &habit.diagnostic.subject, &habit.diagnostic.evidence, twin);
        let is_free = |name: &String| found.iter().all(|one| one.fingerprint != *name);
        habit.fingerprint = (0..=found.len()).map(name).find(is_free).unwrap_or_default();
        found.push(habit);
    }
    findings::sort(found, subject.sources);
    failed
}

/// What findings are together, in the words of a rule. Their severity and confidence are the same.
fn habit(of: &[&Finding], said: Diagnostic) -> Option<Finding> {
    let mut because: Vec<String> = Vec::new();
    for why in of.iter().flat_map(|one| &one.diagnostic.because) {
        if because.len() < REASONS && !because.contains(why) {
            because.push(why.clone());
        }
    }
    Some(Finding { diagnostic: Diagnostic { because, ..said }, ..(*of.first()?).clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::source::{Sources, Span};

    fn stops(_: &Context, _: &[&Diagnostic]) -> Vec<Fold> {
        panic!("no habit at {}", 0)
    }

    #[test]
    fn a_fold_that_fails_is_told_once_and_its_findings_stand() {
        static STOPS: Rule = Rule { id: "errors/inconsistent-shape", page: "", check: rules::found_by_engine, fold: Some(stops) };
        let (model, mut sources) = (Model::default(), Sources::default());
        let source = sources.add("a.yaml", "a\nb\n");
        let at = |start| Diagnostic::new(format!("at {start}"), "a fault").at(Span::new(source, start, start + 1), "here");
        let made = [(0, Severity::Warning), (2, Severity::Info)].into_iter();
        let made = made.filter_map(|(start, severity)| findings::finding(STOPS.id, at(start).at_most(severity, "a reason")));
        let mut found: Vec<Finding> = made.collect();
        findings::number(&mut found);
        let before = found.clone();
        let failed = fold_by([&STOPS].into_iter(), &mut found, Subject { head: &model, base: None, sources: &sources });
        assert_eq!(failed.iter().map(|(rule, why)| (rule.id, why.as_str())).collect::<Vec<_>>(), [(STOPS.id, "no habit at 0")]);
        assert!(before.len() == 2 && found == before);
    }
}
