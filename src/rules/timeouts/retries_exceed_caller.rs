//! Retries that go on after the gateway in front has given up.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::runtime::chain::Chain;
use crate::model::runtime::phrases;
use crate::model::runtime::timeout::shown;
use crate::rules::passages::rehearsed;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub(super) const RULE: Rule = rule!("timeouts/retries-exceed-caller", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    // What retries is mended once, whoever it keeps waiting: the one that gives up first stands for the others.
    let mut found: BTreeMap<Span, Vec<(Duration, Duration, Chain<'_>)>> = BTreeMap::new();
    for chain in context.head.runtime.chains().into_iter().filter(|chain| chain.outer.streaming().is_none()) {
        let Some(retry) = chain.inner.retry.known() else { continue };
        let (Some(all), Some(patience)) = (retry.longest(), chain.outer.patience().0.known().and_then(|one| one.after)) else {
            continue;
        };
        context.consider();
        if all > patience && retry.attempts != Some(0) && seen.insert((retry.span, chain.outer.pass_span())) {
            found.entry(retry.span).or_default().push((patience, all, chain));
        }
    }
    found.into_values().filter_map(report).collect()
}

fn report(mut callers: Vec<(Duration, Duration, Chain<'_>)>) -> Option<Diagnostic> {
    callers.sort_by_key(|(patience, ..)| *patience);
    let (patience, all, chain) = callers.first()?;
    let (patience, all) = (*patience, *all);
    let (outer, inner) = (chain.outer, chain.inner);
    let message =
        format!("`{}` may try for {}, and `{}` gives up after {}", inner.name, shown(all), outer.short_name(), shown(patience));
    let span = inner.retry.known().map_or(inner.pass_span, |retry| retry.span);
    let tries = inner.retry.known().and_then(|retry| retry.attempts).unwrap_or(0).saturating_add(1);
    let help = phrases::said(chain.gateway, inner, "fewer_tries", &[]).unwrap_or_else(|| "fewer tries, or shorter ones".into());
    let mut diagnostic = Diagnostic::new(format!("{} -> {}/tries", outer.subject(), inner.name), message)
        .at(span, format!("{tries} tries, {} together", shown(all)))
        .cause(
            outer.patience().0.span().unwrap_or(outer.pass_span()),
            format!("the client has its error after {}", shown(patience)),
        )
        .help(help)
        .join(outer.why())
        .joined_at(if outer.is_structural() { Confidence::High } else { Confidence::Medium })
        .evidence("tries");
    let defaults = [
        inner.retry.known_with_origin().map(|(_, origin)| origin),
        outer.patience().0.known_with_origin().map(|(_, origin)| origin),
    ];
    if defaults.into_iter().flatten().any(|origin| origin.is_default()) {
        diagnostic = diagnostic.at_most(Severity::Warning, "one side is a default");
    }
    for (.., other) in callers.iter().skip(1) {
        diagnostic =
            diagnostic.occurrence(other.outer.pass_span(), format!("{} -> {}/tries", other.outer.subject(), other.inner.name));
    }
    Some(rehearsed(diagnostic, chain.gateway.profile))
}
