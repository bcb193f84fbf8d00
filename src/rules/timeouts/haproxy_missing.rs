//! A proxy of HAProxy that waits for ever.

use crate::diagnostic::Diagnostic;
use crate::rules::passages::rehearsed;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("timeouts/haproxy-missing", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (half, gateway) in context.head.runtime.halves() {
        context.consider();
        if half.missing.is_empty() {
            continue;
        }
        let settings: Vec<&str> = half.missing.iter().map(|one| one.setting.as_str()).collect();
        let help: Vec<String> = half.missing.iter().map(|one| format!("{} {}", one.setting, usual(one.name))).collect();
        let message = format!("`{}` has no `{}`: HAProxy waits for ever", half.name, settings.join("`, no `"));
        let diagnostic = Diagnostic::new(format!("{}/{}", half.name, settings.join("+")), message)
            .at(half.span, "neither here nor in its defaults")
            .help(help.join("\n"))
            .evidence(settings.join(" "));
        found.push(rehearsed(diagnostic, gateway.profile));
    }
    found
}

/// What HAProxy's own example configurations write.
fn usual(name: &str) -> &'static str {
    if name == "connect" { "5s" } else { "30s" }
}
