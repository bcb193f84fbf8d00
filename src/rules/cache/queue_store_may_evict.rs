//! Background jobs on a Redis server that throws keys away when its memory is full.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Fold, Rule, rehearsal, rule, spread};

pub(super) const RULE: Rule = rule!("cache/queue-store-may-evict", check, Some(fold));

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let mut found = Vec::new();
    let evictions = runtime.evictions();
    for server in runtime.servers().filter(|server| server.product == "redis") {
        let uses = runtime.job_uses(server);
        let Some(first) = uses.first() else { continue };
        context.consider();
        let mine = evictions.iter().find(|eviction| std::ptr::eq(eviction.server, server));
        let Some(eviction) = mine.filter(|eviction| eviction.is_bounded()) else { continue };
        let (name, policy) = (&eviction.server.name, &eviction.policy);
        let message = format!("`{name}` keeps jobs of `{}`, and `{policy}` lets it throw them away", first.service.name());
        let mut diagnostic = Diagnostic::new(eviction.server.subject(), message)
            .at(eviction.policy_span, "when memory is full, queued jobs vanish without an error")
            .help("maxmemory-policy noeviction, and a server of its own for the cache")
            .evidence("jobs on a store that evicts");
        for one in &uses {
            diagnostic = diagnostic.cause(one.span, format!("`{}` keeps jobs there", one.service.name())).join(one.why.clone());
        }
        if !eviction.takes_all() {
            diagnostic = diagnostic.at_most(Severity::Warning, "only keys with a time to live go first");
        }
        if !uses.iter().any(|one| one.is_certain) {
            diagnostic = diagnostic.at_most(Severity::Warning, "that it is for jobs is concluded from a library or program");
        }
        found.push(rehearsal::lowered(diagnostic, eviction.server.use_for));
    }
    found
}

/// Variants of a set-up are mended alike.
fn fold(context: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    spread::said_alike(context, found, |one| one.message.clone())
}
