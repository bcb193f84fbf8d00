//! A variable in the URL of a server that is not declared.

use crate::diagnostic::Diagnostic;
use crate::model::api::Version;
use crate::rules::{Context, Rule, rule};

/// A variable in the URL of a server that is not declared.
pub(super) const RULE: Rule = rule!("paths/undefined-server-variable", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents().filter(|document| document.version() != Version::V2) {
        for server in document.all_servers().iter().filter(|server| server.knows_variables) {
            context.consider();
            let is_missing = |name: &&str| !server.variables.iter().any(|variable| variable.name.value == *name);
            for name in server.template_names().into_iter().filter(is_missing) {
                let message = format!("`{name}` of `{}` is not declared: clients call no such address", server.url);
                let diagnostic = Diagnostic::new(format!("{} server {}", document.subject(), server.url), message)
                    .at(server.span, "no value to put here")
                    .help(format!("variables:\n  {name}: {{ default: \"\" }}"))
                    .evidence(format!("{name} is not declared"));
                found.push(diagnostic);
            }
        }
    }
    found
}
