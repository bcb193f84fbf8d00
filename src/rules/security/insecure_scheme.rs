//! An HTTP authentication scheme that is not to be used any more.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemeKind;
use crate::rules::{Context, Rule, rule};

/// An HTTP authentication scheme that is not to be used any more.
pub(super) const RULE: Rule = rule!("security/insecure-scheme", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        for scheme in document.security_schemes() {
            context.consider();
            let SchemeKind::Http(name) = scheme.kind() else { continue };
            let why = match name.to_ascii_lowercase().as_str() {
                "negotiate" => "it may fall back to NTLM, and holds for the connection and not for the request",
                "oauth" => "it is OAuth 1.0, which OAuth 2.0 replaced in 2012",
                _ => continue,
            };
            let place = scheme.http_scheme().map_or(scheme.span(), |word| word.span);
            let message = format!("`{}` is the HTTP scheme `{name}`, which is out of use", scheme.name());
            let diagnostic = Diagnostic::new(format!("{} security {}", document.subject(), scheme.name()), message)
                .at(place, why)
                .help("type: http\nscheme: bearer")
                .evidence(format!("http {}", name.to_ascii_lowercase()));
            found.push(diagnostic);
        }
    }
    found
}
