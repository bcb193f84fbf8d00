//! A gateway that sends a POST again which the service may have carried out.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::passages::Passage;
use crate::model::runtime::route::Retry;
use crate::rules::passages::{by_place, joined, listed, rehearsed, shared};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("retries/non-idempotent", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let passages = context.head.passages();
    let mut found = Vec::new();
    for (_, group) in by_place(&passages, |passage| passage.route.retry.known().map(|retry| retry.span)) {
        context.consider();
        let risky: Vec<&Passage> = group.into_iter().filter(|passage| resends(passage).is_some()).collect();
        // The route that leads to a documented write is the one to name.
        let named = risky.iter().position(|passage| !passage.unrepeatable().is_empty()).unwrap_or(0);
        let Some((first, (retry, why))) = risky.get(named).and_then(|passage| Some((*passage, resends(passage)?))) else {
            continue;
        };
        found.push(rehearsed(report(first, retry, why, &risky), first.profile()));
    }
    found
}

/// What makes a route resend a POST or a PATCH, where one may come that takes no idempotency key.
fn resends<'m>(passage: &Passage<'m>) -> Option<(&'m Retry, &'m str)> {
    let retry = passage.route.retry.known()?;
    let why = retry.resends_post.as_deref()?;
    let is_documented = passage.apis.iter().any(|api| !api.operations.is_empty());
    let all_keyed = is_documented
        && passage.unrepeatable().is_empty()
        && passage.operations().iter().any(|one| one.idempotency_key().is_some());
    (passage.takes_writes() && !all_keyed).then_some((retry, why))
}

fn report(passage: &Passage<'_>, retry: &Retry, why: &str, group: &[&Passage<'_>]) -> Diagnostic {
    let operations = passage.unrepeatable();
    let name = passage.short_name();
    let message = match operations.is_empty() {
        true => format!("`{name}` sends a POST again that the service may have carried out"),
        false => format!("`{name}` sends {} again, which makes it happen twice", listed(&operations)),
    };
    let mut diagnostic = Diagnostic::new(format!("{}/retry", passage.subject()), message)
        .at(retry.span, format!("{why} counts for every method, after the request was sent"))
        .help(passage.phrase("safe_retry", &[]).unwrap_or_else(|| "retry only what did not reach the service".into()))
        .evidence(why.to_owned());
    match operations.first() {
        Some(first) => {
            diagnostic = joined(diagnostic.cause(first.span(), "it takes no idempotency key"), passage);
        }
        None => diagnostic = diagnostic.at_most(Severity::Warning, "which operations stand behind it is not known"),
    }
    if passage.route.servers.known().is_some_and(|servers| servers.len() == 1) && passage.gateway.product.0 == "nginx" {
        let why = "with one server nginx has no other to ask, unless its name has several addresses";
        diagnostic = diagnostic.at_most(Severity::Info, why);
    }
    shared(diagnostic, group)
}
