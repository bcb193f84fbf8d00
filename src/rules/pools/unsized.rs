//! A pool whose size nobody chose.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("pools/unsized", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for group in context.head.runtime.pools_by_owner() {
        context.consider();
        // Where one of them has a size, somebody thought of it; a size that could not be read is nobody's.
        if group.iter().any(|pool| pool.is_sized || pool.max.unknown().is_some()) {
            continue;
        }
        let Some(first) = group.first().filter(|first| first.max.span().is_none()) else { continue };
        let Some(size) = first.max.known() else { continue };
        let product = first.product.unwrap_or("the pool");
        let instances = context.head.runtime.service_of_pool(first).and_then(|service| {
            let replicas = service.service().replicas.known()?.most;
            (replicas > 1).then(|| format!("; {replicas} x {size} = {} on the server", u64::from(replicas) * u64::from(*size)))
        });
        let message = format!("no size for the pool of `{}`: {product} opens {size}", first.name);
        let mut diagnostic = Diagnostic::new(first.subject(), message)
            .at(first.span, format!("{size} for each instance ({product} default){}", instances.unwrap_or_default()))
            .help("spring.datasource.hikari.maximum-pool-size=10\nspring.datasource.hikari.connection-timeout=3000")
            .evidence("pool size");
        for other in group.iter().skip(1) {
            diagnostic = diagnostic.occurrence(other.span, other.subject());
        }
        found.push(rehearsal::lowered(diagnostic, first.use_for));
    }
    found
}
