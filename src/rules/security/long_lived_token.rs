//! An OAuth 2 flow without a way to renew a token: tokens must live long.

use crate::diagnostic::Diagnostic;
use crate::model::api::SchemeKind;
use crate::rules::{Context, Rule, rule};

/// An OAuth 2 flow without a way to renew a token.
pub(super) const RULE: Rule = rule!("security/long-lived-token", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        for scheme in document.security_schemes().into_iter().filter(|scheme| scheme.kind() == SchemeKind::OAuth2) {
            let of_users = |name: &str| matches!(name, "authorizationCode" | "password" | "deviceAuthorization");
            for flow in scheme.flows().into_iter().filter(|flow| of_users(flow.name)) {
                context.consider();
                if flow.refresh_url.is_some() {
                    continue;
                }
                let subject = format!("{} security {} {}", document.subject(), scheme.name(), flow.name);
                let message =
                    format!("the `{}` flow of `{}` has no `refreshUrl`: its tokens must live long", flow.name, scheme.name());
                let url = flow.token_url.map_or("https://example.com/oauth/refresh", |url| url.value);
                let diagnostic = Diagnostic::new(subject, message)
                    .at(flow.span, "nothing says how a token is renewed")
                    .help(format!("refreshUrl: {url}"))
                    .evidence(format!("{} without refresh", flow.name));
                found.push(diagnostic);
            }
        }
    }
    found
}
