//! An alert on an error budget that is not the one which the promised availability leaves.

use crate::diagnostic::Diagnostic;
use crate::model::demands;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("slo/alert-misses-availability-goal", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let mut found = Vec::new();
    for alert in runtime.alerts().filter(|alert| alert.is_burn_rate() && alert.is_whole && !alert.is_about_a_part()) {
        let Some(budget) = alert.features.budget else { continue };
        let watched = budget.share;
        let declared = runtime.declared(alert.expression, context.sources, demands::AVAILABILITY);
        let Some(goal) = declared.filter(|goal| goal.value > 50.0 && goal.value < 100.0) else { continue };
        context.consider();
        let left = (100.0 - goal.value) / 100.0;
        // What is written in decimals is never wholly equal.
        if (watched - left).abs() < left / 100.0 {
            continue;
        }
        let message =
            format!("`{}` watches a budget of {}, and {} % leave {}", alert.name, rounded(watched), goal.value, rounded(left));
        let label = match watched > left {
            true => "the budget is used up before anybody hears of it",
            false => "somebody is called while the promise is kept",
        };
        let diagnostic = Diagnostic::new(alert.subject(), message)
            .at(alert.expression, format!("{label}: {} says {}", goal.value, goal.said))
            .help(match budget.factor {
                Some(factor) => format!("> ({factor} * {})", rounded(left)),
                None => format!("{} in place of {}", rounded(left), rounded(watched)),
            })
            .evidence("availability goal");
        found.push(rehearsal::lowered(diagnostic, alert.profile));
    }
    found
}

/// A share without the tail that binary fractions leave.
fn rounded(share: f64) -> f64 {
    (share * 1e9).round() / 1e9
}
