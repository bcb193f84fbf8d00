//! A breaker of a mesh or a proxy that is written, and can never open.

use crate::diagnostic::Diagnostic;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("retries/breaker-switched-off", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for one in context.head.runtime.ejections() {
        context.consider();
        let Some((written, span)) = &one.off else { continue };
        let message = format!("the breaker in front of `{}` never opens: `{written}`", one.name);
        let diagnostic = Diagnostic::new(one.subject.clone(), message)
            .at(*span, "a server that fails every request goes on getting its share")
            .help(match one.subject.starts_with("cluster") {
                true => "thresholds: [{ max_requests: 1024, max_pending_requests: 256 }]",
                false => "consecutive5xxErrors: 5",
            })
            .evidence("off");
        found.push(rehearsed(diagnostic, one.profile));
    }
    folded(found)
}
