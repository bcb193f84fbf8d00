//! An eviction policy that never applies, because nothing bounds the memory.

use crate::diagnostic::Diagnostic;
use crate::rules::copies::folded;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("cache/policy-without-maxmemory", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for eviction in context.head.runtime.evictions() {
        context.consider();
        if !eviction.is_without_effect() {
            continue;
        }
        let (name, policy) = (&eviction.server.name, &eviction.policy);
        let message = format!("`maxmemory-policy {policy}` has no effect on `{name}`: its memory has no bound");
        let label = "the server grows until the machine kills it, and never evicts a key";
        let mut diagnostic = Diagnostic::new(eviction.server.subject(), message)
            .at(eviction.policy_span, label)
            .help("maxmemory 256mb")
            .evidence("policy without maxmemory");
        if let Some(span) = eviction.memory.span() {
            diagnostic = diagnostic.cause(span, "0 means as much as there is");
        }
        found.push(rehearsal::lowered(diagnostic, eviction.server.use_for));
    }
    folded(found)
}
