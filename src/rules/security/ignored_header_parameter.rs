//! A header declared as a parameter where OpenAPI ignores it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DocumentRef, IGNORED_HEADERS, Location, OperationRef, ParameterRef, Version};
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::BTreeMap;

/// A header declared as a parameter where OpenAPI ignores it.
pub(super) const RULE: Rule = rule!("security/ignored-header-parameter", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // 2.0 does not say so.
    for document in context.head.api.documents().filter(|document| document.version() != Version::V2) {
        let mut by_name: BTreeMap<String, Uses> = BTreeMap::new();
        for operation in document.own_operations() {
            for parameter in operation.parameters().into_iter().filter(|parameter| parameter.location() == Location::Header) {
                context.consider();
                let name = parameter.name().to_ascii_lowercase();
                if IGNORED_HEADERS.contains(&name.as_str()) {
                    by_name.entry(name).or_default().push((parameter, operation));
                }
            }
        }
        found.extend(by_name.into_iter().filter_map(|(name, uses)| report(document, &name, &uses)));
    }
    found
}

/// The operations that declare a header, each with the parameter.
type Uses<'a> = Vec<(ParameterRef<'a>, OperationRef<'a>)>;

fn report(document: DocumentRef, name: &str, uses: &Uses) -> Option<Diagnostic> {
    let (parameter, _) = uses.first()?;
    let written = parameter.name();
    let is_login = name == "authorization";
    let open = uses.iter().filter(|(_, operation)| !operation.is_secured()).count();
    let message = match open {
        1 if is_login => format!("`{written}` is a parameter, which OpenAPI ignores: 1 operation looks open to all"),
        2.. if is_login => format!("`{written}` is a parameter, which OpenAPI ignores: {open} operations look open to all"),
        _ => format!("`{written}` is a parameter of {}, which OpenAPI ignores", counted(uses.len(), "operation")),
    };
    let help = match name {
        "authorization" => {
            "security:\n  - bearer: []\ncomponents:\n  securitySchemes:\n    bearer: { type: http, scheme: bearer }"
        }
        "accept" => "name the media types under `responses.*.content`",
        _ => "name the media types under `requestBody.content`",
    };
    let diagnostic = Diagnostic::new(format!("{} header {name}", document.subject()), message)
        .at(parameter.span(), "generated clients and consoles leave it out")
        .help(help)
        .evidence(format!("{name} as a parameter"));
    let places: Vec<(Span, String)> = uses.iter().map(|(parameter, operation)| (parameter.span(), operation.subject())).collect();
    let diagnostic = over(diagnostic, places);
    Some(match (is_login, open) {
        (true, 1..) => diagnostic,
        (true, 0) => diagnostic.at_most(Severity::Info, "the operations ask for a login by `security` too"),
        (false, _) => diagnostic.at_most(Severity::Info, "media types are declared elsewhere too"),
    })
}
