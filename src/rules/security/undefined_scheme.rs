//! A security requirement names a scheme that the document does not declare.

use crate::diagnostic::Diagnostic;
use crate::model::api::DocumentRef;
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::BTreeMap;

/// A security requirement names a scheme that the document does not declare.
pub(super) const RULE: Rule = rule!("security/undefined-scheme", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents().filter(|document| document.knows_security_schemes()) {
        let schemes = document.security_schemes();
        let declared: Vec<&str> = schemes.iter().map(|scheme| scheme.name()).collect();
        let mut missing: BTreeMap<&str, Vec<(Span, String)>> = BTreeMap::new();
        for (subject, need) in document.all_requirements() {
            for (name, _) in need.schemes {
                context.consider();
                if !declared.contains(&name.value) && !document.is_scheme_address(name.value) {
                    missing.entry(name.value).or_default().push((name.span, subject.clone()));
                }
            }
        }
        found.extend(missing.into_iter().filter_map(|(name, places)| report(document, name, places, &declared)));
    }
    found
}

fn report(document: DocumentRef, name: &str, places: Vec<(Span, String)>, declared: &[&str]) -> Option<Diagnostic> {
    let (first, subject) = places.first()?.clone();
    let message = format!("`{name}` is asked for in {}, and no such security scheme is declared", counted(places.len(), "place"));
    let alike = declared.iter().find(|one| one.eq_ignore_ascii_case(name));
    let help = match (alike, declared) {
        (Some(alike), _) => format!("{alike}: []"),
        (None, []) => document.bearer_declaration(name),
        (None, some) => format!("declare it under `securitySchemes`, or ask for what is there: `{}`", some.join("`, `")),
    };
    let diagnostic = Diagnostic::new(format!("{} security {name}", document.subject()), message)
        .at(first, format!("{subject}: nothing says how to send it"))
        .help(help)
        .evidence(format!("{name} is not declared"));
    Some(over(diagnostic, places))
}
