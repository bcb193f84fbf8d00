//! A try that may last as long as all tries together: the second one never comes.

use crate::diagnostic::{Diagnostic, Severity};
use crate::fact::Origin;
use crate::model::runtime::phrases;
use crate::model::runtime::timeout::shown;
use crate::rules::passages::rehearsed;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("timeouts/per-try-not-below-total", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for retrying in context.head.runtime.retries().into_iter().filter(|one| one.is_written) {
        let Some(route) = retrying.first() else { continue };
        let (Some((each, Origin::Explicit(place) | Origin::Inherited(place))), Some((total, origin))) =
            (retrying.retry.per_try.known_with_origin(), route.waits.total.known_with_origin())
        else {
            continue;
        };
        let (Some(each), Some(total)) = (each.after, total.after) else { continue };
        context.consider();
        if each < total || retrying.retry.only_before_work() || retrying.retry.attempts == Some(0) {
            continue;
        }
        let tries = retrying.retry.attempts.unwrap_or(1).saturating_add(1);
        let fill = [("seconds", (total.as_secs() / u64::from(tries)).max(1).to_string())];
        let message = format!("`{}` gives one try {}, and all of them {}: none follows", route.name, shown(each), shown(total));
        let label = "a try that is slow uses up the time of the next";
        let mut diagnostic = Diagnostic::new(format!("{}/per try", route.name), message)
            .at(*place, label)
            .help(phrases::said(retrying.gateway, route, "shorter_try", &fill).unwrap_or_else(|| "less for one try".into()))
            .evidence("per try");
        match origin.span() {
            Some(span) => diagnostic = diagnostic.cause(span, format!("{} for all", shown(total))),
            None => {
                let why = format!("{} is the default of {}", shown(total), retrying.gateway.product);
                diagnostic = diagnostic.at_most(Severity::Warning, why);
            }
        }
        found.push(rehearsed(diagnostic, retrying.gateway.profile));
    }
    found
}
