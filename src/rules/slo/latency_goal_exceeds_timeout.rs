//! A limit that ends requests which the stated goal still allows.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::timeout::shown;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("slo/latency-goal-exceeds-timeout", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for limit in context.head.runtime.request_limits(context.sources) {
        context.consider();
        if limit.length >= limit.goal.length {
            continue;
        }
        let (length, goal, said) = (shown(limit.length), shown(limit.goal.length), &limit.goal.said);
        let message = format!("`{}` ends requests after {length}, and the slowest percent may take {goal}", limit.name);
        let diagnostic = Diagnostic::new(limit.subject, message)
            .at(limit.span, format!("more than one request in a hundred may fail here: {goal} says {said}"))
            .help(format!("more than {goal}, or a goal below {length}"))
            .evidence("latency goal");
        found.push(rehearsal::lowered(diagnostic, limit.profile));
    }
    found
}
