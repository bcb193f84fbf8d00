//! Pools that together may open more connections than their server accepts.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::fact::Origin;
use crate::model::runtime::pool::{Load, Part};
use crate::model::runtime::service::Runner;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("pools/exceeds-max-connections", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for load in context.head.runtime.loads() {
        context.consider();
        // A pooler alone is another rule's.
        let has_pool = load.parts.iter().any(|part| part.pool.is_some());
        if let Some(room) = load.room().filter(|room| has_pool && load.total() > u64::from(*room)) {
            found.extend(report(&load, room));
        }
    }
    found
}

fn report(load: &Load<'_>, room: u32) -> Option<Diagnostic> {
    let mut parts: Vec<&Part<'_>> = load.parts.iter().collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.total()));
    let (first, rest) = parts.split_first()?;
    let (total, name, product) = (load.total(), &load.server.name, load.row.shown);
    let (limit, origin) = load.limit.known_with_origin()?;
    let kept = match load.row.reserved {
        0 => String::new(),
        reserved => format!(" and keeps {reserved} back"),
    };
    let message = format!("`{name}` accepts {limit} connections, its pools may open {total}");
    let mut diagnostic =
        Diagnostic::new(load.server.subject(), message).at(first.span, shown(first)).evidence("pools exceed max_connections");
    for part in rest {
        diagnostic = diagnostic.cause(part.span, shown(part));
    }
    for part in &parts {
        if let Some(span) = part.replicas_span.filter(|_| part.replicas > 1) {
            diagnostic = diagnostic.cause(span, format!("{} of `{}` may run", part.replicas, part.service.name()));
        }
        if let Some(pool) = part.pool.and_then(|pool| pool.target) {
            let why = format!("`{}` connects to `{name}`", part.service.name());
            diagnostic = diagnostic.join(why);
            if pool.1 != crate::model::runtime::route::Strength::Structure {
                diagnostic = diagnostic.joined_at(Confidence::Medium);
            }
        }
    }
    let processes: u64 = parts.iter().map(|part| u64::from(part.replicas) * u64::from(part.processes)).sum();
    let each = u64::from(room) / processes.max(1);
    diagnostic = match origin {
        Origin::Default { .. } => diagnostic.context(load.server.span, format!("{product} accepts {limit} by default{kept}")),
        _ => diagnostic.cause(origin.span().unwrap_or(load.server.span), format!("accepts {limit}{kept}")),
    };
    diagnostic = diagnostic.help(match processes {
        1 => format!("a pool of {} or less", each.max(1)),
        _ => format!("pools of {} or less for each of the {processes} processes, or a pooler in between", each.max(1)),
    });
    let by_default = parts.iter().any(|part| part.origin.is_default());
    if by_default || origin.is_default() {
        diagnostic = diagnostic.at_most(Severity::Warning, "one of the numbers is a default");
    }
    if parts.iter().any(|part| part.service.is_run_by(Runner::Helm)) {
        diagnostic = diagnostic.at_most(Severity::Warning, "an installation may set other values");
    }
    Some(rehearsal::lowered(diagnostic, load.server.use_for))
}

fn shown(part: &Part<'_>) -> String {
    let of = match &part.origin {
        Origin::Default { product } => format!(" ({product} default)"),
        _ => String::new(),
    };
    let total = if part.replicas * part.processes > 1 { format!(" = {}", part.total()) } else { String::new() };
    format!("`{}` opens {}{total}{of}", part.service.name(), part.sum())
}
