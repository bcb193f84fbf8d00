//! Findings that are one habit are said as one, the last thing before they are reported: what removes findings, compares them and
//! writes them down goes by each alone, so that one more of a kind is told by itself.

use super::findings;
use super::fingerprint::fingerprint;
use super::running::Subject;
use crate::diagnostic::{Confidence, Diagnostic, Finding, Severity};
use crate::rules::{self, Context, Fold};
use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many reasons a habit names: what lowered its findings may differ from one to the next.
const REASONS: usize = 3;

/// Puts those findings together that their rules call one habit, each severity and confidence for itself. They stay in order.
pub(super) fn fold(found: &mut Vec<Finding>, subject: Subject) {
    let mut alike: BTreeMap<(&'static str, Severity, Confidence), Vec<usize>> = BTreeMap::new();
    for (at, finding) in found.iter().enumerate() {
        if let Some(rule) = rules::all().find(|rule| rule.fold.is_some() && rule.id == finding.rule) {
            alike.entry((rule.id, finding.severity, finding.confidence)).or_default().push(at);
        }
    }
    let context = Context::new(subject.head, subject.base, subject.sources);
    let (mut habits, mut gone) = (Vec::new(), HashSet::new());
    for ((id, ..), places) in alike {
        let Some(fold) = rules::all().find(|rule| rule.id == id).and_then(|rule| rule.fold) else { continue };
        let findings: Vec<&Finding> = places.iter().filter_map(|at| found.get(*at)).collect();
        let said: Vec<&Diagnostic> = findings.iter().map(|finding| &finding.diagnostic).collect();
        // Where it fails, each finding still stands by itself.
        let folds = catch_unwind(AssertUnwindSafe(|| fold(&context, &said))).unwrap_or_default();
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
