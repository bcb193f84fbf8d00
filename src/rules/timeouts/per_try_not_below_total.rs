//! A try that may last as long as all tries together: the second one never comes.

use crate::diagnostic::{Diagnostic, Severity};
use crate::fact::{Fact, Origin};
use crate::model::runtime::phrases;
use crate::model::runtime::route::Route;
use crate::model::runtime::timeout::{Timeout, shown};
use crate::rules::passages::rehearsed;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::time::Duration;

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
        let why = match origin.span() {
            Some(span) => {
                diagnostic = diagnostic.cause(span, format!("{} for all", shown(total)));
                "the first try is made all the same".to_owned()
            }
            None => format!("{} is the default of {}", shown(total), retrying.gateway.product),
        };
        diagnostic = diagnostic.at_most(Severity::Warning, why);
        found.push(rehearsed(diagnostic, retrying.gateway.profile));
    }
    for route in context.head.runtime.routes() {
        found.extend(refused(context, route));
    }
    found
}

/// A route of which the server of the API refuses the whole object: one request to a server may last longer than all of them.
fn refused(context: &Context, route: &Route) -> Option<Diagnostic> {
    let ((each, _, each_span), (total, as_written, total_span)) = (written(&route.waits.each)?, written(&route.waits.total)?);
    context.consider();
    let message =
        format!("`{}` gives one request {}, and all of them {}: the API refuses it", route.name, shown(each), shown(total));
    let diagnostic = Diagnostic::new(format!("{}/each", route.name), message)
        .at(each_span, "`backendRequest` must not be longer than `request`")
        .cause(total_span, format!("{} for all", shown(total)))
        .help(format!("timeouts: {{ request: {as_written}, backendRequest: {as_written} }}"))
        .evidence("each");
    (each > total).then(|| rehearsed(diagnostic, context.head.runtime.gateway_profile(route)))
}

/// A limit that is written and ends: how long, how it is written, and where.
fn written(limit: &Fact<Timeout>) -> Option<(Duration, &str, Span)> {
    match limit.known_with_origin()? {
        (Timeout { after: Some(after), written }, Origin::Explicit(span) | Origin::Inherited(span)) => {
            Some((*after, written, *span))
        }
        _ => None,
    }
}
