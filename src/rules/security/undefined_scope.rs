//! A security requirement asks for a scope that no flow of its scheme has.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DocumentRef, SecuritySchemeRef};
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Fold, Rule, rule};
use crate::source::Span;
use std::collections::{BTreeMap, HashMap};

/// A security requirement asks for a scope that no flow of its scheme has.
pub(super) const RULE: Rule = rule!("security/undefined-scope", check, Some(fold));

/// So many scopes that are missing are told one by one.
const FEW: usize = 3;

/// How many scopes a label names.
const SHOWN: usize = 5;

/// How many scopes a help writes out.
const WRITTEN: usize = 10;

/// Scopes that a scheme does not have, with the places that ask for them.
type Missing<'a> = BTreeMap<&'a str, Vec<(Span, String)>>;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let (asked, missing) = missing(document);
        (0..asked).for_each(|_| context.consider());
        for (scheme, scopes) in missing {
            found.extend(scopes.into_iter().filter_map(|(scope, places)| report(document, scheme, scope, places)));
        }
    }
    found
}

/// A few are slips; many are a list that nobody keeps, which is one thing to mend.
fn fold(context: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    let at: HashMap<Span, usize> = found.iter().enumerate().map(|(at, one)| (one.primary.span, at)).collect();
    let mut folds = Vec::new();
    for document in context.head.api.documents() {
        for (scheme, mut scopes) in missing(document).1 {
            let told = |places: &[(Span, String)]| places.first().and_then(|(span, _)| at.get(span)).copied();
            scopes.retain(|_, places| told(places).is_some());
            let which: Vec<usize> = scopes.values().filter_map(|places| told(places)).collect();
            if which.len() > FEW {
                folds.extend(many(document, scheme, scopes).map(|said| Fold { which, said }));
            }
        }
    }
    folds
}

/// How many scopes a document asks for, and those that its schemes do not have.
fn missing(document: DocumentRef) -> (usize, Vec<(SecuritySchemeRef, Missing)>) {
    let schemes = document.security_schemes();
    let (mut asked, mut missing): (usize, BTreeMap<&str, Missing>) = (0, BTreeMap::new());
    for (subject, need) in document.all_requirements() {
        for (name, scopes) in need.schemes {
            let scheme = schemes.iter().find(|scheme| scheme.name() == name.value);
            let Some(known) = scheme.and_then(|scheme| scheme.scopes()) else { continue };
            asked += scopes.len();
            for scope in scopes.into_iter().filter(|scope| !known.iter().any(|one| one.value == scope.value)) {
                let places = missing.entry(name.value).or_default().entry(scope.value).or_default();
                places.push((scope.span, subject.clone()));
            }
        }
    }
    let of = |(name, scopes)| Some((*schemes.iter().find(|scheme| scheme.name() == name)?, scopes));
    (asked, missing.into_iter().filter_map(of).collect())
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
    let mut lines: Vec<String> = names.iter().take(WRITTEN).map(|scope| format!("  \"{scope}\": What it allows")).collect();
    lines.extend((count > WRITTEN).then(|| format!("  # and {} more", count - WRITTEN)));
    let diagnostic = Diagnostic::new(
        format!("{} security {name}", document.subject()),
        format!("{count} scopes are asked for that `{name}` does not have, like `{example}`"),
    )
    .at(first, format!("{subject}: no token can be granted it"))
    .context(scheme.span(), format!("it declares {}", counted(known, "scope")))
    .help(format!("scopes:\n{}", lines.join("\n")))
    .evidence("scopes of one list");
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
