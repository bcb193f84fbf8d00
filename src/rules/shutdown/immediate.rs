//! A server that is told to drop what it has begun.

use crate::diagnostic::Diagnostic;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("shutdown/immediate", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    runtime.stoppings().iter().for_each(|_| context.consider());
    let mut found = Vec::new();
    for stop in runtime.immediate_stops() {
        context.consider();
        let message = format!("`{}` drops its requests when it is stopped: {}", stop.name, stop.setting);
        let diagnostic = Diagnostic::new(stop.subject, message)
            .at(stop.span, "every deploy ends requests that are under way")
            .help(stop.instead);
        found.push(rehearsed(diagnostic, stop.use_for));
    }
    folded(found)
}
