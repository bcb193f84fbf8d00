//! A limiter that answers who comes too often with something else than 429.

use crate::diagnostic::{Diagnostic, Severity};
use crate::fact::Fact;
use crate::model::links::passages::Passage;
use crate::model::runtime::route::Limit;
use crate::rules::passages::{by_place, listed, rehearsed, shared};
use crate::rules::spread::{self, add, grouped};
use crate::rules::{Context, Fold, Rule, rule};
use crate::source::Span;

pub(super) const RULE: Rule = rule!("rate-limit/wrong-status", check, Some(fold));

fn check(context: &Context) -> Vec<Diagnostic> {
    let passages = context.head.passages();
    let limited = by_place(&passages, |passage| Some(first(passage)?.span));
    limited.iter().for_each(|_| context.consider());
    let wrong = limited.into_iter().filter_map(|(span, group)| {
        let limit = first(group.first()?)?;
        let status = limit.status.known().copied().filter(|status| !matches!(status, 429 | 444))?;
        Some(Wrong { limit, status, span, group })
    });
    // What no line says is mended by one line for all limits of a configuration.
    let groups = grouped(wrong, |wrong| match wrong.limit.status.span() {
        Some(span) => (Some(span), None, ""),
        None => (None, wrong.group.first().map(|passage| passage.gateway.path.as_str()), word(wrong.limit)),
    });
    groups.iter().filter_map(|group| said(group)).collect()
}

/// Copies and variants of a configuration are mended alike.
fn fold(context: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    spread::said_alike(context, found, |one| (one.help.clone(), one.evidence.clone()))
}

/// A limit with a wrong status, and what passes through it.
struct Wrong<'p, 'm> {
    limit: &'m Limit,
    status: u16,
    span: Span,
    group: Vec<&'p Passage<'m>>,
}

/// What is said of the limits that one line mends: of one that guards documented operations before others.
fn said(group: &[Wrong<'_, '_>]) -> Option<Diagnostic> {
    let is_documented = |wrong: &&Wrong| wrong.group.first().is_some_and(|passage| !passage.operations().is_empty());
    let shown = group.iter().find(is_documented).or(group.first())?;
    let passage = shown.group.first()?;
    let mut diagnostic = report(passage, shown.limit, shown.status, &shown.group);
    for other in group.iter().filter(|other| other.span != shown.span) {
        let subject = other.group.first().map_or_else(|| diagnostic.subject.clone(), |passage| passage.subject());
        diagnostic = add(diagnostic, other.span, subject);
    }
    Some(rehearsed(diagnostic, passage.profile()))
}

/// What a limit is called where it is written: `limit_req`.
fn word(limit: &Limit) -> &str {
    limit.name.split_whitespace().next().unwrap_or("the limiter")
}

/// The limiter of a route that says most: one with a wrong status before others.
fn first<'m>(passage: &Passage<'m>) -> Option<&'m Limit> {
    let limits = passage.route.limits.known()?;
    limits.iter().find(|limit| limit.status.known().is_some_and(|status| *status != 429)).or(limits.first())
}

fn report(passage: &Passage<'_>, limit: &Limit, status: u16, group: &[&Passage<'_>]) -> Diagnostic {
    let word = word(limit);
    let operations = passage.operations();
    let (span, label) = match limit.status.span() {
        Some(span) => (span, format!("{status} is written here")),
        None => (limit.span, format!("{} answers {status} where no status is written", passage.gateway.product)),
    };
    let message = match operations.is_empty() {
        true => format!("`{word}` answers {status} to who comes too often, and not 429"),
        false => format!("`{word}` answers {status} instead of 429 on {}", listed(&operations)),
    };
    let fill = [("limiter", word.to_owned())];
    let own = passage.phrase(&format!("status of {word}"), &fill);
    let help = own.or_else(|| passage.phrase("status", &fill)).unwrap_or_else(|| "429".into());
    let mut diagnostic = Diagnostic::new(format!("{}/{word} status", passage.subject()), message)
        .at(span, label)
        .help(help)
        .evidence(format!("{word} {status}"));
    if span != limit.span {
        diagnostic = diagnostic.context(limit.span, "the limit");
    }
    if matches!(word, "limit_conn" | "limit-connections") {
        diagnostic = diagnostic.at_most(Severity::Info, "it bounds connections, which may be the server's own want of room");
    }
    if matches!(limit.status, Fact::Known(400..=499, _)) && limit.status.span().is_some() {
        diagnostic = diagnostic.at_most(Severity::Info, "another 4xx was chosen on purpose");
    }
    if !operations.is_empty() {
        passage.why().into_iter().take(2).for_each(|why| diagnostic.joins.push(why.to_owned()));
    }
    shared(diagnostic, group)
}
