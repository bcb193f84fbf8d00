//! One finding for many places.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use std::collections::BTreeSet;

/// Adds further places, each once; the primary one is left out.
pub(super) fn also(mut diagnostic: Diagnostic, places: impl IntoIterator<Item = (Span, String)>) -> Diagnostic {
    let mut seen = BTreeSet::from([diagnostic.primary.span]);
    for (span, subject) in places {
        if seen.insert(span) {
            diagnostic = diagnostic.occurrence(span, subject);
        }
    }
    diagnostic
}

/// `1 operation`, `3 operations`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
