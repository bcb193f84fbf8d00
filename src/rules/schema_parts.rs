//! What rules on schemas have in common: a habit of a whole document is one thing to fix.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::model::api::SchemaPart;
use crate::source::Span;

/// A shortcoming that a document has in many schemas or in none.
pub(super) struct Habit {
    /// What the schemas are, one and many: `string`, `strings`.
    pub(super) noun: [&'static str; 2],
    /// What is wrong with one and with many: ``has no `maxLength` ``, ``have no `maxLength` ``.
    pub(super) says: [&'static str; 2],
    /// What is to be seen at each place.
    pub(super) label: &'static str,
    /// What to write.
    pub(super) help: &'static str,
    /// Whether a schema could have it.
    pub(super) concerns: fn(SchemaPart) -> bool,
    /// The place, where a schema has it.
    pub(super) lacks: fn(SchemaPart) -> Option<Span>,
}

impl Habit {
    /// One finding for each document: at the first schema that has it, with all others as occurrences.
    pub(super) fn check(&self, context: &Context) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for document in context.head.api.documents() {
            let concerned = document.schemas().filter(|part| (self.concerns)(*part)).inspect(|_| context.consider());
            let lacking: Vec<_> = concerned.filter_map(|part| Some((part, (self.lacks)(part)?))).collect();
            let Some(((first, span), rest)) = lacking.split_first() else { continue };
            let name = first.name();
            let message = match rest.len() {
                0 => format!("{} `{name}` {}", self.noun[0], self.says[0]),
                more => format!("{} {} {}, `{name}` first", more + 1, self.noun[1], self.says[1]),
            };
            let diagnostic = Diagnostic::new(document.subject(), message).at(*span, self.label).help(self.help);
            found.push(rest.iter().fold(diagnostic, |all, (part, span)| all.occurrence(*span, part.subject())));
        }
        found
    }
}
