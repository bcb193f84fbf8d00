//! A response whose body is a bare array.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// A response whose body is a bare array.
pub(super) const RULE: Rule = rule!("schemas/top-level-array", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut bare = Vec::new();
        for operation in document.own_operations() {
            for response in operation.responses().into_iter().filter(|response| response.status().class() == Some(2)) {
                context.consider();
                let json = response.media().into_iter().filter(|media| media.is_json());
                let array = json.filter_map(|media| media.schema).find(|schema| schema.core().is_array());
                bare.extend(array.map(|schema| (schema.written_span(), operation.subject())));
            }
        }
        let Some(((span, subject), rest)) = bare.split_first() else { continue };
        let message = match rest.len() {
            0 => format!("`{subject}` answers with a bare array"),
            more => format!("{} responses are bare arrays, that of `{subject}` first", more + 1),
        };
        let diagnostic = Diagnostic::new(document.subject(), message)
            .at(*span, "nothing can be put beside the items later")
            .help("type: object\nproperties:\n  items: { type: array, items: {} }");
        found.push(rest.iter().fold(diagnostic, |all, (span, subject)| all.occurrence(*span, subject.clone())));
    }
    found
}
