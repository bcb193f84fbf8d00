//! A breaker of a mesh or a proxy that is written, and can never open.

use crate::diagnostic::Diagnostic;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("retries/breaker-switched-off", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for one in context.head.runtime.ejections() {
        context.consider();
        let Some(off) = &one.off else { continue };
        let message = format!("the breaker in front of `{}` never opens: `{}`", one.name, off.written);
        let diagnostic = Diagnostic::new(one.subject.clone(), message)
            .at(off.span, "a server that fails every request goes on getting its share")
            .help(off.instead)
            .evidence("off");
        found.push(rehearsed(diagnostic, one.profile));
    }
    folded(found)
}
