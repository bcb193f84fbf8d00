//! An alert on the slowest percent of requests that watches another time than the one that is promised.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::timeout::shown;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("slo/alert-misses-latency-goal", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for one in context.head.runtime.latency_alerts(context.sources) {
        context.consider();
        let (alert, goal) = (one.alert, one.goal.length);
        if one.threshold == goal {
            continue;
        }
        let (threshold, shown_goal) = (shown(one.threshold), shown(goal));
        let (message, label) = if one.threshold > goal {
            (
                format!("`{}` waits for {threshold}, and the slowest percent may take {shown_goal}", alert.name),
                "the promise is broken for as long as nobody hears of it",
            )
        } else {
            (
                format!("`{}` fires from {threshold} on, and the slowest percent may take {shown_goal}", alert.name),
                "somebody is called while the promise is kept",
            )
        };
        let mut diagnostic = Diagnostic::new(alert.subject(), message)
            .at(alert.expression, format!("{label}: {shown_goal} says {}", one.goal.said))
            .help(format!("> {} (in the unit of the metric), or another goal", goal.div_duration_f64(one.unit)))
            .evidence("latency goal");
        if one.threshold < goal * 2 && one.threshold * 2 > goal {
            diagnostic = diagnostic.at_most(Severity::Info, "a margin around the goal may be meant");
        }
        found.push(rehearsal::lowered(diagnostic, alert.profile));
    }
    found
}
