//! A scheme that sends the password with each request.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemeKind;
use crate::rules::{Context, Rule, rule};

/// A scheme that sends the password with each request.
pub(super) const RULE: Rule = rule!("security/basic-authentication", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        for scheme in document.security_schemes() {
            context.consider();
            if !matches!(scheme.kind(), SchemeKind::Http(name) if name.eq_ignore_ascii_case("basic")) {
                continue;
            }
            let place = scheme.http_scheme().or(scheme.type_name()).map_or(scheme.span(), |word| word.span);
            let message = format!("`{}` is HTTP Basic: the password goes with each request and never ends", scheme.name());
            let diagnostic = Diagnostic::new(format!("{} security {}", document.subject(), scheme.name()), message)
                .at(place, "neither scopes nor an end, and stored by every client")
                .help("type: http\nscheme: bearer")
                .evidence("http basic");
            found.push(diagnostic);
        }
    }
    found
}
