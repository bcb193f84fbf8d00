//! The address of a server ends in a slash.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// The address of a server ends in a slash.
pub(super) const RULE: Rule = rule!("paths/server-trailing-slash", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut seen = std::collections::BTreeSet::new();
        for server in document.all_servers() {
            context.consider();
            // As written: a host of 2.0 with the base path `/` only looks so when they are put together.
            let written = context.sources.text(server.span).trim_matches(['"', '\'']);
            if !written.ends_with('/') || written == "/" || written.ends_with("://") || !seen.insert(server.span) {
                continue;
            }
            let better = written.trim_end_matches('/');
            let message = format!("`{written}` ends in a slash, and every path begins with one");
            let diagnostic = Diagnostic::new(format!("{} server {better}", document.subject()), message)
                .at(server.span, format!("clients call `{written}/...`"))
                .help(better)
                .evidence("slash at the end of a server");
            found.push(diagnostic);
        }
    }
    found
}
