//! An OAuth 2 flow that RFC 9700 tells not to use.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemeKind;
use crate::rules::{Context, Rule, rule};

/// An OAuth 2 flow that RFC 9700 tells not to use.
pub(super) const RULE: Rule = rule!("security/deprecated-oauth-flow", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        for scheme in document.security_schemes().into_iter().filter(|scheme| scheme.kind() == SchemeKind::OAuth2) {
            for flow in scheme.flows() {
                context.consider();
                let why = match flow.name {
                    "implicit" => "the token comes in the address of a page, where histories and scripts read it",
                    "password" => "the application sees the user's password, and no second factor fits in",
                    _ => continue,
                };
                let subject = format!("{} security {} {}", document.subject(), scheme.name(), flow.name);
                let message = format!("`{}` offers the `{}` flow, which RFC 9700 tells not to use", scheme.name(), flow.name);
                let diagnostic = Diagnostic::new(subject, message)
                    .at(flow.span, why)
                    .help("authorizationCode:")
                    .evidence(format!("{} flow", flow.name));
                found.push(diagnostic);
            }
        }
    }
    found
}
