//! A cache whose entries never leave.

use crate::diagnostic::{Confidence, Diagnostic};
use crate::rules::{Context, Rule, rehearsal, rule};

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
    found
}
