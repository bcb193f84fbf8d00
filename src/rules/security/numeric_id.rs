//! An identifier that can be counted up.

use crate::diagnostic::Diagnostic;
use crate::model::api::{ComponentKind, DocumentRef, ParameterRef, Pin};
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeSet;

/// An identifier that can be counted up.
pub(super) const RULE: Rule = rule!("security/numeric-id", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut seen: BTreeSet<Pin> = BTreeSet::new();
        let mut numeric: Vec<(ParameterRef, String)> = Vec::new();
        for (parameter, subject) in parameters(document).into_iter().filter(|(parameter, _)| parameter.is_identifier()) {
            if seen.insert(parameter.pin()) {
                context.consider();
                if parameter.schema().is_some_and(|schema| schema.core().is_number()) {
                    numeric.push((parameter, subject));
                }
            }
        }
        let Some((first, subject)) = numeric.first() else { continue };
        let message = match numeric.len() {
            1 => format!("`{}` is a number, which callers can count up", first.name()),
            many => format!("{} are numbers, which callers can count up", counted(many, "identifier")),
        };
        let diagnostic = Diagnostic::new(format!("{} numeric ids", document.subject()), message)
            .at(first.span(), subject.clone())
            .help("schema: { type: string, format: uuid }")
            .evidence("numeric ids");
        found.push(over(diagnostic, numeric.iter().map(|(parameter, subject)| (parameter.span(), subject.clone()))));
    }
    found
}

fn parameters<'a>(document: DocumentRef<'a>) -> Vec<(ParameterRef<'a>, String)> {
    let of_operations = document.own_operations().flat_map(|operation| {
        let own = operation.parameters().into_iter();
        own.map(move |parameter| (parameter, operation.subject()))
    });
    let components = document.components_of(ComponentKind::Parameter).into_iter();
    of_operations.chain(components.filter_map(|one| Some((one.parameter()?, format!("parameter {}", one.name()))))).collect()
}
