//! An alert on how fast an error budget burns that looks through one window alone.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::promql::shown;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("slo/burn-rate-shape", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for alert in context.head.runtime.alerts().filter(|alert| alert.is_burn_rate()) {
        context.consider();
        let [window] = alert.features.windows.as_slice() else { continue };
        if !alert.is_whole || !alert.features.compares {
            continue;
        }
        let message = format!("`{}` looks at one window alone (`{}`)", alert.name, shown(*window));
        found.push(
            Diagnostic::new(alert.subject(), message)
                .at(alert.expression, "it goes on long after the errors end, or comes late")
                .help(format!("and the same over [{}]", shown(*window / 12)))
                .evidence("window"),
        );
    }
    found
}
