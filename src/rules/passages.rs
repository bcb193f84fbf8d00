//! What the rules on gateways have in common: one finding for one place to edit, with what lowers it.

use super::spread;
use crate::diagnostic::Diagnostic;
use crate::model::api::OperationRef;
use crate::model::links::passages::Passage;
use crate::source::Span;

pub(super) use super::rehearsal::lowered as rehearsed;

/// Passages by the place that all of a group share, in order of the first of each.
pub(super) fn by_place<'p, 'm>(
    passages: &'p [Passage<'m>],
    place: impl Fn(&Passage<'m>) -> Option<Span>,
) -> Vec<(Span, Vec<&'p Passage<'m>>)> {
    let mut groups: Vec<(Span, Vec<&'p Passage<'m>>)> = Vec::new();
    let mut at: std::collections::HashMap<Span, usize> = std::collections::HashMap::new();
    for passage in passages {
        let Some(span) = place(passage) else { continue };
        let slot = *at.entry(span).or_insert_with(|| {
            groups.push((span, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, group)) = groups.get_mut(slot) {
            group.push(passage);
        }
    }
    groups
}

/// Adds the other passages of a group as places of the same finding, and why their documents were joined.
pub(super) fn shared(mut diagnostic: Diagnostic, group: &[&Passage<'_>]) -> Diagnostic {
    for passage in group.iter().skip(1) {
        diagnostic = spread::add(diagnostic, passage.route.pass_span, passage.subject());
    }
    diagnostic
}

/// Lowers to what the join of a passage allows, and says why it was made.
pub(super) fn joined(mut diagnostic: Diagnostic, passage: &Passage<'_>) -> Diagnostic {
    for why in passage.why().into_iter().take(3) {
        diagnostic = diagnostic.join(why);
    }
    match passage.confidence() {
        Some(confidence) => diagnostic.joined_at(confidence),
        None => diagnostic,
    }
}

/// `` `POST /orders` ``, `` `POST /orders` and 3 more ``.
pub(super) fn listed(operations: &[OperationRef<'_>]) -> String {
    match operations {
        [] => String::new(),
        [only] => format!("`{}`", only.subject()),
        [first, rest @ ..] => format!("`{}` and {} more", first.subject(), rest.len()),
    }
}
