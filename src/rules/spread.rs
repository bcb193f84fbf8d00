//! What the rules on API conventions have in common: one finding, with every further place where the same holds.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use std::collections::BTreeSet;

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

/// `1 operation`, `3 operations`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
