//! A pooler that may open more connections than its server accepts, or that its clients may overrun.

use crate::diagnostic::{Diagnostic, Severity};
use crate::fact::{Fact, Origin};
use crate::model::runtime::pool::{Load, PoolerLoad};
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("pools/pooler-exceeds-server", check);

/// PgBouncer's own default of `max_client_conn`.
const CLIENTS: u32 = 100;

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let loads = runtime.loads();
    let mut found = Vec::new();
    for pooler in runtime.poolers() {
        context.consider();
        found.extend(
            server_side(&pooler, &loads)
                .into_iter()
                .chain(client_side(&pooler))
                .map(|one| rehearsal::lowered(one, pooler.pooler.use_for)),
        );
    }
    found
}

fn server_side(pooler: &PoolerLoad<'_>, loads: &[Load<'_>]) -> Option<Diagnostic> {
    let (behind, side) = (pooler.behind?, pooler.server_side?);
    let load = loads.iter().find(|load| load.server.service == behind.service)?;
    let part = load.parts.iter().find(|part| part.pool.is_none() && part.span == side.span)?;
    let room = load.room().filter(|room| part.total() > u64::from(*room))?;
    let (limit, origin) = load.limit.known_with_origin()?;
    let (name, server) = (&pooler.pooler.name, &behind.name);
    let message = format!("`{name}` may open {} connections, `{server}` accepts {limit}", part.total());
    let pools = part.replicas.saturating_mul(pooler.databases).max(1);
    let label = match pooler.databases {
        1 => format!("{} for each instance", part.size),
        databases => format!("{} for the {databases} databases, reserve included", part.size),
    };
    let mut diagnostic = Diagnostic::new(pooler.pooler.subject(), message)
        .at(part.span, label)
        .help(format!("{} = {} or less", side.setting, (room / pools).max(1)))
        .join(format!("`{name}` connects to `{server}`"))
        .evidence("pooler exceeds max_connections");
    diagnostic = match origin {
        Origin::Explicit(span) => diagnostic.cause(*span, format!("{room} are for ordinary roles")),
        _ => diagnostic
            .context(behind.span, format!("{} accepts {limit} by default", load.row.shown))
            .at_most(Severity::Warning, "one of the numbers is a default"),
    };
    if let Some(span) = part.replicas_span.filter(|_| part.replicas > 1) {
        diagnostic = diagnostic.cause(span, format!("{} of it run", part.replicas));
    }
    Some(diagnostic)
}

fn client_side(pooler: &PoolerLoad<'_>) -> Option<Diagnostic> {
    let total: u64 = pooler.clients.iter().map(|part| part.total()).sum();
    let (limit, span) = match pooler.pooler.number("max_client_conn") {
        Fact::Known(limit, origin) => (limit, origin.span()),
        Fact::Absent => (CLIENTS, None),
        Fact::Unknown(_) => return None,
    };
    let first = pooler.clients.iter().max_by_key(|part| part.total()).filter(|_| total > u64::from(limit))?;
    let name = &pooler.pooler.name;
    let message = format!("`{name}` takes {limit} clients, the pools in front of it may open {total}");
    let mut diagnostic = Diagnostic::new(pooler.pooler.subject(), message)
        .at(span.unwrap_or(pooler.pooler.span), format!("connections beyond {limit} are refused"))
        .cause(first.span, format!("`{}` opens {}", first.service.name(), first.sum()))
        .help(format!("max_client_conn = {}", total.next_multiple_of(100)))
        .evidence("clients exceed max_client_conn");
    if span.is_none() || pooler.clients.iter().any(|part| part.origin.is_default()) {
        diagnostic = diagnostic.at_most(Severity::Warning, "one of the numbers is a default");
    }
    Some(diagnostic)
}
