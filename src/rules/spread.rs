//! What the rules on API conventions have in common: one finding, with every further place where the same holds.

use super::{Context, Fold};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

/// Adds every further place as an occurrence, each place once, that of the diagnostic itself left out.
pub(super) fn over(mut diagnostic: Diagnostic, places: impl IntoIterator<Item = (Span, String)>) -> Diagnostic {
    let mut seen = BTreeSet::from([diagnostic.primary.span]);
    for (span, subject) in places {
        if seen.insert(span) {
            diagnostic = diagnostic.occurrence(span, subject);
        }
    }
    diagnostic
}

/// Adds one further place to those of a diagnostic, unless it is there already.
pub(super) fn add(diagnostic: Diagnostic, span: Span, subject: String) -> Diagnostic {
    let known = diagnostic.primary.span == span || diagnostic.occurrences.iter().any(|one| one.span == span);
    if known { diagnostic } else { diagnostic.occurrence(span, subject) }
}

/// What belongs together, by a key, in order of the first of each group.
pub(super) fn grouped<T, K: Eq + Hash>(all: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    let mut places: HashMap<K, usize> = HashMap::new();
    for one in all {
        let next = groups.len();
        let at = *places.entry(key(&one)).or_insert(next);
        match groups.get_mut(at) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

/// Findings with the same key are said once, at the place nearest to the root, which is the one that people use of copies; the others are
/// its occurrences.
pub(super) fn said_alike<K: Eq + Hash>(context: &Context, found: &[&Diagnostic], key: impl Fn(&Diagnostic) -> K) -> Vec<Fold> {
    let depth = |one: &Diagnostic| context.sources.path(one.primary.span.source).matches('/').count();
    let groups = grouped(0..found.len(), |at| found.get(*at).map(|one| key(one)));
    let folds = groups.into_iter().filter(|which| which.len() > 1).filter_map(|which| {
        let mut all: Vec<&Diagnostic> = which.iter().filter_map(|at| found.get(*at).copied()).collect();
        all.sort_by_key(|one| depth(one));
        let (first, others) = all.split_first()?;
        let mut said = Diagnostic::clone(first);
        for other in others {
            said = add(said, other.primary.span, other.subject.clone());
            for one in &other.occurrences {
                said = add(said, one.span, one.subject.clone());
            }
        }
        Some(Fold { which, said })
    });
    folds.collect()
}

/// `1 operation`, `3 operations`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
