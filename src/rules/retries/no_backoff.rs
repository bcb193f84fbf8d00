//! A gateway that tries again at once.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::chain::Retrying;
use crate::model::runtime::phrases;
use crate::rules::passages::rehearsed;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("retries/no-backoff", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for retrying in context.head.runtime.retries() {
        let can_wait = phrases::phrase(retrying.gateway.product.0, "backoff").is_some();
        if !can_wait || !retrying.is_written {
            continue;
        }
        context.consider();
        if retrying.retry.backoff.known_absent() {
            found.extend(report(&retrying).map(|diagnostic| rehearsed(diagnostic, retrying.gateway.profile)));
        }
    }
    for instance in context.head.runtime.retry_instances() {
        context.consider();
        if instance.waits_alike && instance.calls.is_none_or(|(calls, _)| calls > 2) {
            let message = format!("the retry `{}` waits as long before each try", instance.name);
            let diagnostic = Diagnostic::new(format!("retry {}/backoff", instance.name), message)
                .at(instance.span, "callers that failed together come back together")
                .help("enable-exponential-backoff: true\nenable-randomized-wait: true")
                .evidence("no backoff")
                .at_most(Severity::Info, "it waits at all");
            found.push(rehearsed(diagnostic, instance.use_for));
        }
    }
    found
}

fn report(retrying: &Retrying<'_>) -> Option<Diagnostic> {
    let first = retrying.first()?;
    let times = match retrying.retry.attempts {
        Some(1) => "once".to_owned(),
        Some(times) => format!("{times} times"),
        None => "again and again".to_owned(),
    };
    let mut diagnostic =
        Diagnostic::new(format!("{}/backoff", first.name), format!("`{}` tries again {times} without a wait", first.name))
            .at(retrying.retry.span, "a service that is short of breath gets all of it at once")
            .help(phrases::said(retrying.gateway, first, "backoff", &[])?)
            .evidence("no backoff");
    for other in retrying.routes.iter().skip(1) {
        diagnostic = diagnostic.occurrence(other.pass_span, other.name.clone());
    }
    if retrying.retry.attempts == Some(1) {
        diagnostic = diagnostic.at_most(Severity::Info, "it tries again only once");
    }
    if retrying.gateway.product.0 != "Spring Cloud Gateway" {
        diagnostic = diagnostic.at_most(Severity::Info, "it retries only what did not reach the service, unless told otherwise");
    }
    Some(diagnostic)
}
