//! A route of Alertmanager to a receiver that nobody defines.

use crate::diagnostic::Diagnostic;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("observability/undefined-receiver", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for named in context.head.runtime.named_receivers() {
        context.consider();
        let Some(others) = &named.others else { continue };
        let message = format!("a route sends alerts to `{}`, and no receiver is called so", named.name);
        let diagnostic = Diagnostic::new(format!("{} receiver {}", named.path, named.name), message)
            .at(named.span, "Alertmanager does not start with it, or goes on with what it had")
            .help(match others.first() {
                Some(other) => format!("receiver: {other}"),
                None => format!("receivers: [{{ name: {} }}]", named.name),
            })
            .evidence(named.name.clone());
        found.push(rehearsed(diagnostic, named.profile));
    }
    folded(found)
}
