//! A server that is called without TLS.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DocumentRef, ServerRef};
use crate::rules::{Context, Rule, rule};

/// A server that is called without TLS.
pub(super) const RULE: Rule = rule!("security/plain-http-server", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        for server in document.all_servers() {
            context.consider();
            found.extend(report(document, &server));
        }
    }
    found
}

fn report(document: DocumentRef, server: &ServerRef) -> Option<Diagnostic> {
    let (scheme, rest) = server.url.split_once("://")?;
    let better = match scheme {
        "http" => "https",
        "ws" => "wss",
        _ => return None,
    };
    if server.is_within_own_network() {
        return None;
    }
    let word = document.schemes().into_iter().find(|one| one.value == scheme);
    let place = word.map_or(server.span, |word| word.span);
    let diagnostic = Diagnostic::new(
        format!("{} server {}", document.subject(), server.url),
        format!("`{}` is called without TLS: logins and data go in the clear", server.url),
    )
    .at(place, "anybody on the way can read and change what is sent")
    .help(format!("{better}://{rest}"))
    .evidence(format!("{scheme} server"));
    Some(diagnostic)
}
