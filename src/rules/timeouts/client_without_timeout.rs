//! A client whose settings tune it, and say nothing of how long it waits.

use crate::diagnostic::Diagnostic;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("timeouts/client-without-timeout", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for client in context.head.runtime.client_sections() {
        context.consider();
        if client.has_limit {
            continue;
        }
        let (tuned, span) = &client.tuned;
        let diagnostic =
            Diagnostic::new(client.subject, format!("`{}` says nothing of how long to wait for an answer", client.name))
                .at(client.span, "most clients wait for ever by default")
                .context(*span, format!("`{tuned}` is tuned"))
                .help("timeout = \"5s\"")
                .evidence("no timeout");
        found.push(rehearsed(diagnostic, client.use_for));
    }
    folded(found)
}
