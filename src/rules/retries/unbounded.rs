//! Retries that go on beyond reason: many of them, and nothing that bounds how long.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::chain::Retrying;
use crate::model::runtime::phrases;
use crate::rules::passages::rehearsed;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("retries/unbounded", check);

/// More tries than this help nobody: what failed five times fails for a reason that lasts.
const MOST: u32 = 5;
/// nginx asks each server of a group once: from so many on, that is worth a word.
const MANY_SERVERS: u32 = 4;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for retrying in context.head.runtime.retries() {
        // nginx tries other servers of itself, as often as the file has servers.
        let is_nginx = retrying.gateway.product.0 == "nginx";
        if !retrying.is_written && !is_nginx {
            continue;
        }
        context.consider();
        let bounded_by_route =
            retrying.routes.iter().all(|route| route.waits.total.known().is_some_and(|total| !total.is_never()));
        let is_by_servers = is_nginx && retrying.retry.is_by_servers;
        let is_many = |times: u32| if is_by_servers { times.saturating_add(1) >= MANY_SERVERS } else { times > MOST };
        if !bounded_by_route && retrying.retry.has_no_bound() && retrying.retry.attempts.is_some_and(is_many) {
            found.extend(report(&retrying).map(|diagnostic| rehearsed(diagnostic, retrying.gateway.profile)));
        }
    }
    for instance in context.head.runtime.retry_instances() {
        context.consider();
        let Some((calls, span)) = instance.calls.filter(|(calls, _)| calls.saturating_sub(1) > MOST) else { continue };
        let message = format!("the retry `{}` calls up to {calls} times, and nothing ends it sooner", instance.name);
        let diagnostic = Diagnostic::new(format!("retry {}/calls", instance.name), message)
            .at(span, "each of them waits as long as the service takes to fail")
            .help("max-attempts: 3")
            .evidence("no bound");
        found.push(rehearsed(diagnostic, instance.use_for));
    }
    found
}

fn report(retrying: &Retrying<'_>) -> Option<Diagnostic> {
    let first = retrying.first()?;
    let times = retrying.retry.attempts?;
    let message = format!("`{}` tries again up to {times} times, and nothing ends it sooner", first.name);
    let mut diagnostic = Diagnostic::new(format!("{}/retries", first.name), message)
        .at(retrying.retry.span, format!("one request becomes {} when the service is down", times.saturating_add(1)))
        .help(phrases::said(retrying.gateway, first, "fewer_tries", &[]).unwrap_or_else(|| "2 retries at most".into()))
        .evidence("no bound");
    for other in retrying.routes.iter().skip(1) {
        diagnostic = diagnostic.occurrence(other.pass_span, other.name.clone());
    }
    if retrying.gateway.product.0 == "nginx" {
        diagnostic = diagnostic.at_most(Severity::Info, "nginx asks each server once, and leaves out those that failed");
    }
    Some(diagnostic)
}
