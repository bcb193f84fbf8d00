//! A security requirement asks for a scope that no flow of its scheme has.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DocumentRef, SecuritySchemeRef};
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::BTreeMap;

/// A security requirement asks for a scope that no flow of its scheme has.
pub(super) const RULE: Rule = rule!("security/undefined-scope", check);

/// So many scopes that are missing are told one by one.
const FEW: usize = 3;

/// How many scopes a label names.
const SHOWN: usize = 5;

/// Scopes that a scheme does not have, with the places that ask for them.
type Missing<'a> = BTreeMap<&'a str, Vec<(Span, String)>>;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let schemes = document.security_schemes();
        let mut missing: BTreeMap<&str, Missing> = BTreeMap::new();
        for (subject, need) in document.all_requirements() {
            for (name, scopes) in need.schemes {
                let scheme = schemes.iter().find(|scheme| scheme.name() == name.value);
                let Some(known) = scheme.and_then(|scheme| scheme.scopes()) else { continue };
                for scope in scopes {
                    context.consider();
                    if !known.iter().any(|one| one.value == scope.value) {
                        let places = missing.entry(name.value).or_default().entry(scope.value).or_default();
                        places.push((scope.span, subject.clone()));
                    }
                }
            }
        }
        for (name, scopes) in missing {
            let Some(scheme) = schemes.iter().find(|scheme| scheme.name() == name) else { continue };
            // A few are slips; many are a list that nobody keeps, which is one thing to mend.
            if scopes.len() > FEW {
                found.extend(many(document, *scheme, scopes));
            } else {
                found.extend(scopes.into_iter().filter_map(|(scope, places)| report(document, *scheme, scope, places)));
            }
        }
    }
    found
}

/// A list of scopes that lacks most of what is asked for.
fn many(document: DocumentRef, scheme: SecuritySchemeRef, scopes: Missing) -> Option<Diagnostic> {
    let name = scheme.name();
    let names: Vec<&str> = scopes.keys().copied().collect();
    let count = names.len();
    let of_scope =
        |(scope, places): (_, Vec<(Span, String)>)| places.into_iter().map(move |(span, subject)| (span, subject, scope));
    let mut places: Vec<(Span, String, &str)> = scopes.into_iter().flat_map(of_scope).collect();
    places.sort_by_key(|(span, ..)| *span);
    let (first, subject, example) = places.first()?.clone();
    let known = scheme.scopes().unwrap_or_default().len();
    let lines: Vec<String> = names.iter().map(|scope| format!("  \"{scope}\": What it allows")).collect();
    let diagnostic = Diagnostic::new(
        format!("{} security {name}", document.subject()),
        format!("{count} scopes are asked for that `{name}` does not have, like `{example}`"),
    )
    .at(first, format!("{subject}: no token can be granted it"))
    .context(scheme.span(), format!("it declares {}", counted(known, "scope")))
    .help(format!("scopes:\n{}", lines.join("\n")))
    .evidence(format!("{name} lacks {}", names.join(" ")));
    Some(over(diagnostic, places.into_iter().map(|(span, subject, _)| (span, subject))))
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
