//! A service that answers requests with one or two connections to its database.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("pools/too-small", check);

/// Fewer connections than this are no pool.
const LEAST: u32 = 3;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (pool, service, size, span) in context.head.runtime.serving_pools() {
        context.consider();
        if size == 0 || size >= LEAST {
            continue;
        }
        let name = service.name();
        let noun = if size == 1 { "connection" } else { "connections" };
        let message = format!("`{name}` answers requests with {size} {noun} to its database");
        let diagnostic = Diagnostic::new(pool.subject(), message)
            .at(span, "whatever else is asked for waits while these are busy")
            .context(service.span(), "it has ports for requests")
            .help("about twice the cores of the database server, divided by the instances")
            .evidence("pool too small");
        found.push(rehearsal::lowered(diagnostic, pool.use_for));
    }
    found
}
