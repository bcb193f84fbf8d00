//! A query parameter that carries a password or a token.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{ComponentKind, DocumentRef, Location, ParameterRef, Pin};
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// A query parameter that carries a password or a token.
pub(super) const RULE: Rule = rule!("security/credentials-in-url", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut seen: BTreeSet<Pin> = BTreeSet::new();
        let mut by_name: BTreeMap<&str, Vec<(ParameterRef, String)>> = BTreeMap::new();
        for (parameter, subject) in parameters(document) {
            context.consider();
            if seen.insert(parameter.pin()) && (parameter.carries_secret() || parameter.may_carry_secret()) {
                by_name.entry(parameter.name()).or_default().push((parameter, subject));
            }
        }
        found.extend(by_name.values().filter_map(|uses| report(document, uses)));
    }
    found
}

/// The query parameters of a document with what they belong to; components too, which nothing may use yet.
fn parameters<'a>(document: DocumentRef<'a>) -> Vec<(ParameterRef<'a>, String)> {
    let of_operations = document.own_operations().flat_map(|operation| {
        let own = operation.query_parameters().into_iter();
        own.map(move |parameter| (parameter, operation.subject()))
    });
    let components = document.components_of(ComponentKind::Parameter).into_iter();
    let kept = components.filter_map(|one| Some((one.parameter()?, format!("parameter {}", one.name()))));
    let kept = kept.filter(|(parameter, _)| parameter.location() == Location::Query);
    of_operations.chain(kept).collect()
}

fn report(document: DocumentRef, uses: &[(ParameterRef, String)]) -> Option<Diagnostic> {
    let (parameter, subject) = uses.first()?;
    let name = parameter.name();
    let message = format!("`{name}` is sent in the query string, which logs and histories keep");
    let diagnostic = Diagnostic::new(format!("{} ?{name}", document.subject()), message)
        .at(parameter.span(), format!("{subject}: whoever reads an access log has it"))
        .help("send it as a header (`Authorization: Bearer`) or in the body")
        .evidence(format!("{name} in query"));
    let places: Vec<(Span, String)> = uses.iter().map(|(parameter, subject)| (parameter.span(), subject.clone())).collect();
    let diagnostic = over(diagnostic, places);
    Some(match parameter.carries_secret() {
        true => diagnostic,
        false => diagnostic.at_most(Severity::Info, "a token in a link may work only once"),
    })
}
