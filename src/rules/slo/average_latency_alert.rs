//! An alert on the average of answer times.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("slo/average-latency-alert", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for alert in context.head.runtime.alerts() {
        context.consider();
        let Some((metric, is_histogram)) = alert.average_latency() else { continue };
        // A gauge has one value for each of what it measures, and no buckets; where these are averages already, nothing is to be had.
        let is_averaged = ["average", "avg", "mean"].iter().any(|word| metric.contains(word));
        let help = match (is_histogram, is_averaged) {
            (false, false) => format!("quantile(0.95, {metric}) > ..., or `max` of it; a histogram tells more"),
            _ => {
                let series = if is_histogram { metric } else { "request_duration_seconds" };
                format!("histogram_quantile(0.99, sum by (le) (rate({series}_bucket[5m]))) > 0.5")
            }
        };
        let mut diagnostic =
            Diagnostic::new(alert.subject(), format!("`{}` waits for the average of `{metric}` to rise", alert.name))
                .at(alert.expression, "one request in twenty may take for ever, and the average hardly moves")
                .help(help)
                .evidence(metric);
        if alert.profile.is_rehearsal() {
            diagnostic = diagnostic.at_most(Severity::Info, format!("its profile is {}", alert.profile.name()));
        }
        found.push(diagnostic);
    }
    found
}
