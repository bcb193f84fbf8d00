//! A service that is killed before it has finished what it has begun.

use crate::diagnostic::{Diagnostic, Severity};
use crate::fact::Origin;
use crate::model::runtime::shutdown::{ShortDrain, Stopping};
use crate::model::runtime::timeout::shown;
use crate::rules::copies::{alike, folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("shutdown/grace-too-short", check, Some(alike));

/// The most seconds that a target group of AWS may wait.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay>
const LONGEST_DRAIN: u64 = 3_600;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for stopping in context.head.runtime.stoppings() {
        context.consider();
        if stopping.is_cut_short() {
            found.push(rehearsed(report(&stopping), stopping.service.profile()));
        }
    }
    for drain in context.head.runtime.drains() {
        context.consider();
        found.extend(let_go(&drain));
    }
    folded(found)
}

/// A balancer that closes connections of a server that goes away before its requests are done.
fn let_go(short: &ShortDrain<'_>) -> Option<Diagnostic> {
    let ((drain, span), (request, said), lasts) = (short.drain, &short.request, short.lasts());
    let service = short.edge.target()?;
    let message = format!(
        "`{}` lets go of `{}` after {}, and its requests may take {}",
        short.edge.short_name(),
        service.name(),
        shown(drain),
        shown(lasts)
    );
    let help = match lasts.as_secs() {
        seconds if seconds > LONGEST_DRAIN => {
            format!("an answer within {LONGEST_DRAIN} s: `deregistration_delay` takes no more")
        }
        seconds => format!("deregistration_delay = {}", (seconds + 5).min(LONGEST_DRAIN)),
    };
    let label = "at each deployment, requests that are not done by then are cut off";
    let diagnostic = Diagnostic::new(format!("{}/drain", short.edge.subject()), message)
        .at(span, label)
        .help(help)
        .evidence("drain")
        .at_most(Severity::Warning, "only requests that take that long are cut off");
    let because = format!("`{}` ends a request after {}", said.setting, shown(*request));
    let diagnostic = match short.request_span {
        Some(span) => diagnostic.cause(span, because),
        None => {
            diagnostic.context(service.span(), format!("{because}, by default")).at_most(Severity::Info, "one side is a default")
        }
    };
    let diagnostic = match short.sooner {
        Some((after, Some(span))) => diagnostic.cause(span, format!("and `{}` waits {}", short.edge.short_name(), shown(after))),
        Some((after, None)) => {
            let waits = format!("and `{}` waits {}, by default", short.edge.short_name(), shown(after));
            diagnostic.context(short.edge.pass_span(), waits).at_most(Severity::Info, "one side is a default")
        }
        None => diagnostic,
    };
    short.is_too_short().then(|| rehearsed(diagnostic, short.edge.profile()))
}

fn report(stopping: &Stopping<'_>) -> Diagnostic {
    let (service, grace) = (stopping.service, shown(stopping.grace));
    let name = service.name();
    let message = match stopping.never_begins() {
        true => format!("`{name}` is killed after {grace}, and its `preStop` hook alone sleeps that long"),
        false => format!("`{name}` is killed after {grace}, but wants {} to finish its requests", shown(stopping.wanted())),
    };
    let (key, instead) = stopping.key(stopping.wanted().as_secs() + 5);
    let (span, label) = match stopping.grace_origin.span() {
        Some(span) => (span, "requests that are not done by then are cut off".to_owned()),
        None => (service.span(), format!("no `{key}`: {grace} ({} default)", product(&stopping.grace_origin))),
    };
    let mut diagnostic = Diagnostic::new(service.subject(), message).at(span, label).help(instead);
    if let Some((sleep, span)) = stopping.pre_stop {
        diagnostic = diagnostic.cause(span, format!("sleeps {} first", shown(sleep)));
    }
    if let Some(drain) = &stopping.drain {
        diagnostic = match (&drain.origin, drain.origin.span()) {
            (_, Some(span)) => diagnostic.cause(span, format!("`{}` goes on for {}", drain.setting, shown(drain.after))),
            _ => diagnostic.context(service.span(), format!("`{}` is {} by default", drain.setting, shown(drain.after))),
        };
    }
    if stopping.never_begins() {
        return match stopping.grace_origin.is_default() {
            true => diagnostic.at_most(Severity::Warning, "one side is a default"),
            false => diagnostic,
        };
    }
    diagnostic = diagnostic.at_most(Severity::Warning, "only requests that take that long are cut off");
    let drain_is_default = stopping.drain.as_ref().is_none_or(|drain| drain.origin.is_default());
    match drain_is_default && stopping.grace_origin.is_default() && stopping.pre_stop.is_none() {
        true => diagnostic.at_most(Severity::Info, "both sides are defaults"),
        false => diagnostic,
    }
}

fn product(origin: &Origin) -> &'static str {
    match origin {
        Origin::Default { product } => product.0,
        _ => "",
    }
}
