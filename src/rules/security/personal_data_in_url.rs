//! A query parameter that carries what is known of a person.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DocumentRef, OperationRef, ParameterRef, Pin};
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = rule!("security/personal-data-in-url", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut seen: BTreeSet<Pin> = BTreeSet::new();
        let mut by_name: BTreeMap<&str, Vec<(ParameterRef, OperationRef)>> = BTreeMap::new();
        for operation in document.own_operations() {
            for parameter in operation.query_parameters() {
                context.consider();
                if parameter.is_about_a_person().is_some() && seen.insert(parameter.pin()) {
                    by_name.entry(parameter.name()).or_default().push((parameter, operation));
                }
            }
        }
        found.extend(by_name.values().filter_map(|uses| report(context, document, uses)));
    }
    found
}

fn report(context: &Context, document: DocumentRef, uses: &[(ParameterRef, OperationRef)]) -> Option<Diagnostic> {
    let (parameter, operation) = uses.first()?;
    let name = parameter.name();
    let message = format!("`{name}` of a person is sent in the query string, which logs and histories keep");
    let mut diagnostic = Diagnostic::new(format!("{} ?{name}", document.subject()), message)
        .at(parameter.span(), format!("{}: whoever reads an access log knows it", operation.subject()))
        .help("ask by an id of your own, or take it in the body of a `POST` that searches")
        .evidence(format!("{name} in query"));
    if let Some(log) = uses.iter().find_map(|(_, operation)| context.head.query_log_of(*operation)) {
        diagnostic = diagnostic.context(log.span, format!("`{}` writes the query string into its log", log.path)).join(log.why);
    }
    let diagnostic = over(diagnostic, uses.iter().map(|(parameter, operation)| (parameter.span(), operation.subject())));
    Some(match parameter.is_about_a_person() {
        Some(true) if document.deals_in(*parameter) => {
            diagnostic.at_most(Severity::Info, "a path is about them: they may be what the service deals in")
        }
        Some(true) => diagnostic,
        _ => diagnostic.at_most(Severity::Info, "many know the name of a person anyway"),
    })
}
