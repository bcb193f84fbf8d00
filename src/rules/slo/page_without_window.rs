//! An alert that wakes somebody for a single sample.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("slo/page-without-window", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let (considered, files) = context.head.runtime.hasty_pages();
    (0..considered).for_each(|_| context.consider());
    for alerts in &files {
        let Some((alert, rest)) = alerts.split_first() else { continue };
        let more = match rest.len() {
            0 => String::new(),
            1 => " and for one more alert".to_owned(),
            number => format!(" and for {number} more alerts"),
        };
        let severity = alert.severity.as_deref().unwrap_or("page");
        let (span, label) = match alert.hold.span() {
            Some(span) => (span, "it need not last"),
            None => (alert.expression, "no `for`, and no range of five minutes or more"),
        };
        let mut diagnostic =
            Diagnostic::new(alert.subject(), format!("one sample is enough for `{}` ({severity}){more}", alert.name))
                .at(span, label)
                .help("for: 5m")
                .evidence("for");
        for other in rest {
            diagnostic = diagnostic.occurrence(other.span, other.subject());
        }
        if alert.hold.span().is_some() {
            diagnostic = diagnostic.at_most(Severity::Info, "zero is written on purpose");
        }
        if alert.profile.is_rehearsal() {
            diagnostic = diagnostic.at_most(Severity::Info, format!("its profile is {}", alert.profile.name()));
        }
        found.push(diagnostic);
    }
    found
}
