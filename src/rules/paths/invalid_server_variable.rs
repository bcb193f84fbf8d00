//! A server variable whose values contradict each other.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// A server variable whose values contradict each other.
pub(super) const RULE: Rule = rule!("paths/invalid-server-variable", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let servers = document.all_servers();
        for (server, variable) in servers.iter().flat_map(|server| server.variables.iter().map(move |one| (server, one))) {
            context.consider();
            let Some(list) = variable.choices_span else { continue };
            let name = variable.name.value;
            let values: Vec<&str> = variable.choices.iter().map(|one| one.value).collect();
            let subject = format!("{} server {} {name}", document.subject(), server.url);
            let default = variable.default.filter(|default| !values.contains(&default.value));
            let diagnostic = match (values.as_slice(), default) {
                ([], _) => Diagnostic::new(subject, format!("server variable `{name}` has an `enum` without values"))
                    .at(list, "no value is allowed")
                    .help("leave `enum` out where any value will do"),
                (some, Some(default)) => {
                    let message = format!("`{}`, the default of server variable `{name}`, is not in its `enum`", default.value);
                    Diagnostic::new(subject, message)
                        .at(default.span, format!("allowed: `{}`", some.join("`, `")))
                        .context(list, "the values that it may have")
                        .help(format!("default: \"{}\"", some.first().unwrap_or(&"")))
                }
                _ => continue,
            };
            found.push(diagnostic.evidence(format!("values of {name}")));
        }
    }
    found
}
