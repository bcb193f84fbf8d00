//! An API key that is sent in the URL.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemeKind;
use crate::rules::{Context, Rule, rule};

/// An API key that is sent in the URL.
pub(super) const RULE: Rule = rule!("security/api-key-in-url", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let keys = document.security_schemes().into_iter().filter(|scheme| scheme.kind() == SchemeKind::ApiKey);
        for scheme in keys {
            context.consider();
            let Some(place) = scheme.place().filter(|place| matches!(place.value, "query" | "path")) else { continue };
            let what = if place.value == "query" { "query string" } else { "path" };
            let name = scheme.parameter_name().map_or(scheme.name(), |name| name.value);
            let message = format!("the key `{name}` is sent in the {what}, which logs and histories keep");
            let diagnostic = Diagnostic::new(format!("{} security {}", document.subject(), scheme.name()), message)
                .at(place.span, format!("`{}` lets in whoever reads an access log", scheme.name()))
                .help("in: header\nname: X-API-Key")
                .evidence(format!("key in {}", place.value));
            found.push(diagnostic);
        }
    }
    found
}
