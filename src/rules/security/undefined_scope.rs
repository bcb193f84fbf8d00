//! A security requirement asks for a scope that no flow of its scheme has.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DocumentRef, SecuritySchemeRef};
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::BTreeMap;

/// A security requirement asks for a scope that no flow of its scheme has.
pub(super) const RULE: Rule = rule!("security/undefined-scope", check);

/// How many scopes a label names.
const SHOWN: usize = 5;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let schemes = document.security_schemes();
        let mut missing: BTreeMap<(&str, &str), Vec<(Span, String)>> = BTreeMap::new();
        for (subject, need) in document.all_requirements() {
            for (name, scopes) in need.schemes {
                let scheme = schemes.iter().find(|scheme| scheme.name() == name.value);
                let Some(known) = scheme.and_then(|scheme| scheme.scopes()) else { continue };
                for scope in scopes {
                    context.consider();
                    if !known.iter().any(|one| one.value == scope.value) {
                        missing.entry((name.value, scope.value)).or_default().push((scope.span, subject.clone()));
                    }
                }
            }
        }
        for ((name, scope), places) in missing {
            let scheme = schemes.iter().find(|scheme| scheme.name() == name);
            found.extend(scheme.and_then(|scheme| report(document, *scheme, scope, places)));
        }
    }
    found
}

fn report(document: DocumentRef, scheme: SecuritySchemeRef, scope: &str, places: Vec<(Span, String)>) -> Option<Diagnostic> {
    let (first, subject) = places.first()?.clone();
    let name = scheme.name();
    let known = scheme.scopes().unwrap_or_default();
    let names: Vec<String> = known.iter().take(SHOWN).map(|one| format!("`{}`", one.value)).collect();
    let declares = match known.len() {
        0 => "it declares no scopes".to_owned(),
        few if few <= SHOWN => format!("it declares {}", names.join(", ")),
        many => format!("it declares {} and {} more", names.join(", "), many - SHOWN),
    };
    let diagnostic = Diagnostic::new(
        format!("{} security {name} {scope}", document.subject()),
        format!("scope `{scope}` is asked for, and `{name}` does not have it"),
    )
    .at(first, format!("{subject}: no token can be granted it"))
    .context(scheme.span(), declares)
    .help(format!("scopes:\n  \"{scope}\": What it allows"))
    .evidence(format!("{name} lacks {scope}"));
    Some(over(diagnostic, places))
}
