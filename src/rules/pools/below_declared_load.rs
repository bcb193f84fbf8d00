//! Pools that have fewer connections than the declared load keeps busy.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::timeout::shown;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("pools/below-declared-load", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let Some(declared) = context.head.runtime.declared_load(context.sources) else { return Vec::new() };
    let (Some(needed), Some(latency)) = (declared.needed(), declared.latency) else { return Vec::new() };
    context.consider();
    let (load, total) = (&declared.load, declared.load.total());
    // A pool that is nearly always in use makes requests wait long before it is exhausted.
    if needed * 5 <= total * 4 {
        return Vec::new();
    }
    let Some((first, rest)) = load.parts.split_first() else { return Vec::new() };
    let (requests, length) = (declared.requests.value, shown(latency.length));
    let message = format!("the pools of `{}` have {total} connections, the declared load keeps {needed} busy", load.server.name);
    let opens = |name: &str, sum: String| format!("`{name}` opens {sum}");
    let mut diagnostic = Diagnostic::new(load.server.subject(), message)
        .at(first.span, opens(first.service.name(), first.sum()))
        .help(format!(
            "{} connections in all, or requests that hold one for less than {length}: {requests} a second x {length} = {needed} at once",
            (needed * 5).div_ceil(4)
        ))
        .evidence("pools below the declared load");
    for part in rest {
        diagnostic = diagnostic.cause(part.span, opens(part.service.name(), part.sum()));
    }
    vec![rehearsal::lowered(diagnostic, load.server.use_for)]
}
