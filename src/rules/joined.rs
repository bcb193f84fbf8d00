//! What the rules that join the API with tables have in common: why two things are the same, and what is one thing to fix.

use crate::diagnostic::Diagnostic;
use crate::model::links::{OperationTable, PropertyColumn};
use crate::source::Span;

/// Says why a field is its column; the finding is no surer than that.
pub(super) fn by_field(diagnostic: Diagnostic, field: &PropertyColumn) -> Diagnostic {
    diagnostic.join(&field.why).joined_at(field.confidence)
}

/// Says why an operation is about its table; the finding is no surer than that.
pub(super) fn by_operation(diagnostic: Diagnostic, one: &OperationTable) -> Diagnostic {
    diagnostic.join(&one.why).about_table(one.table().subject()).joined_at(one.confidence)
}

/// A finding with the place in the API and the column that it is about.
pub(super) struct Found {
    /// Where the API says it.
    pub(super) said: Span,
    /// The column.
    pub(super) column: Span,
    /// What is said of it.
    pub(super) diagnostic: Diagnostic,
}

/// Makes one finding of what is one thing to fix: a field that several objects share, and a column that several objects are stored
/// in, in the same way. A field that stands in several columns is said of each, in one finding where it is the same of all.
pub(super) fn once(found: Vec<Found>) -> Vec<Diagnostic> {
    let mut all: Vec<Found> = Vec::new();
    for one in found {
        let at = |known: &Found| (known.said == one.said, known.column == one.column);
        if all.iter().any(|known| at(known) == (true, true)) {
            continue;
        }
        let is_alike = |known: &&mut Found| {
            let caps = |one: &Found| (one.diagnostic.severity_cap, one.diagnostic.confidence_cap);
            at(known) != (false, false) && known.diagnostic.evidence == one.diagnostic.evidence && caps(known) == caps(&one)
        };
        match all.iter_mut().find(is_alike) {
            Some(known) => {
                let place = if known.said == one.said { one.column } else { one.said };
                let seen = known.diagnostic.occurrences.iter().any(|other| other.span == place);
                if !seen {
                    known.diagnostic = known.diagnostic.clone().occurrence(place, one.diagnostic.subject);
                }
            }
            None => all.push(one),
        }
    }
    all.into_iter().map(|one| one.diagnostic).collect()
}

/// Fields of one object, in the order in which the objects are met.
pub(super) fn by_object<'f, 'm>(fields: &'f [PropertyColumn<'m>]) -> Vec<Vec<&'f PropertyColumn<'m>>> {
    let mut groups: Vec<Vec<&PropertyColumn>> = Vec::new();
    for field in fields {
        match groups.iter_mut().find(|group| group[0].entity == field.entity && group[0].why == field.why) {
            Some(group) if group.iter().any(|known| known.property.span == field.property.span) => {}
            Some(group) => group.push(field),
            None => groups.push(vec![field]),
        }
    }
    groups
}
