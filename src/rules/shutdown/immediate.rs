//! A server that is told to drop what it has begun.

use crate::diagnostic::Diagnostic;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("shutdown/immediate", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    runtime.stoppings().iter().for_each(|_| context.consider());
    let mut found = Vec::new();
    for (service, setting, span) in runtime.immediate_stops() {
        context.consider();
        let message = format!("`{}` drops its requests when it is stopped: `{setting}` is 0", service.name());
        let diagnostic = Diagnostic::new(service.subject(), message)
            .at(span, "every deploy ends requests that are under way")
            .help(format!("{} 30", setting.split(' ').next_back().unwrap_or("")));
        found.push(rehearsed(diagnostic, service.profile()));
    }
    folded(found)
}
