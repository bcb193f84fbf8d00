//! Alerts and an API, and nothing that says how good the API has to be.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("slo/none-for-api", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let (runtime, api) = (&context.head.runtime, &context.head.api);
    let mut alerts = runtime.alerts().filter(|alert| !alert.profile.is_rehearsal());
    let (Some(first), Some(operation)) = (alerts.next(), api.operations().next()) else { return Vec::new() };
    context.consider();
    if runtime.keeps_objectives() {
        return Vec::new();
    }
    let number = alerts.count() + 1;
    let more = match number {
        1 => String::new(),
        2 => " and one more alert".to_owned(),
        number => format!(" and {} more alerts", number - 1),
    };
    let message = format!("`{}`{more}, and none knows how good the API has to be", first.name);
    let diagnostic = Diagnostic::new("objectives", message)
        .at(first.span, "no alert burns an error budget, and no file states an objective")
        .context(operation.span(), "what an objective would be about")
        .help("sloth: slos: [{ name: requests-availability, objective: 99.9, sli: { events: { .. } } }]")
        .evidence("objectives");
    vec![diagnostic]
}
