//! A cache whose entries never leave.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::links::passages::Passage;
use crate::rules::passages::{by_place, shared};
use crate::rules::{Context, Rule, rehearsal, rule};
use crate::source::Span;

pub(super) const RULE: Rule = rule!("cache/no-ttl", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for cache in context.head.runtime.spring_caches() {
        context.consider();
        if !cache.is_endless {
            continue;
        }
        let diagnostic = Diagnostic::new(cache.subject.clone(), format!("entries of the `{}` cache never expire", cache.product))
            .at(cache.span, cache.why)
            .help(cache.help)
            .evidence("no time to live")
            .sure_at_most(Confidence::Medium, "code may give each cache a time to live of its own");
        found.push(rehearsal::lowered(diagnostic, cache.use_for));
    }
    let passages = context.head.passages();
    let caching = passages.iter().filter(|passage| passage.route.cache.known().is_some());
    caching.for_each(|_| context.consider());
    for (span, group) in by_place(&passages, endless) {
        let Some(first) = group.first() else { continue };
        found.push(rehearsal::lowered(on_disk(span, first, &group), first.profile()));
    }
    found
}

/// Where the room of a gateway's cache is made, if neither that nor a lifetime bounds it.
fn endless(passage: &Passage<'_>) -> Option<Span> {
    let cache = passage.route.cache.known()?;
    cache.unbounded.filter(|_| cache.lifetime.known_absent())
}

fn on_disk(room: Span, first: &Passage<'_>, group: &[&Passage<'_>]) -> Diagnostic {
    let message = format!("the cache of `{}` has neither a lifetime nor a bound", first.short_name());
    let mut diagnostic = Diagnostic::new(format!("{}/cache", first.subject()), message)
        .at(room, "it may take the whole disk")
        .help(first.phrase("cache_bound", &[]).unwrap_or_else(|| "a lifetime, and a bound of its size".into()))
        .evidence("no bound")
        .at_most(Severity::Info, "what nobody asks for leaves after a while, and services may say how long the rest stays");
    if let Some(cache) = first.route.cache.known() {
        diagnostic = diagnostic.context(cache.span, "kept as long as each response says");
    }
    shared(diagnostic, group)
}
