//! What the rules on API conventions have in common: one finding, with every further place where the same holds.

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

/// `1 operation`, `3 operations`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
