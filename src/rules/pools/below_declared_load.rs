//! Pools that have fewer connections than the declared load keeps busy.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::declared::DeclaredLoad;
use crate::model::runtime::timeout::shown;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("pools/below-declared-load", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let Some(declared) = context.head.runtime.declared_load(context.sources) else { return Vec::new() };
    let (Some(needed), Some(latency)) = (declared.needed(), declared.latency) else { return Vec::new() };
    context.consider();
    let (load, total) = (&declared.load, declared.load.total());
    let wanted = DeclaredLoad::wanted(needed);
    if wanted <= total {
        return Vec::new();
    }
    let Some((first, rest)) = load.parts.split_first() else { return Vec::new() };
    let (requests, length) = (declared.requests.value, shown(latency.length));
    let name = &load.server.name;
    let message = match needed > total {
        true => format!("the pools of `{name}` have {total} connections, the declared load keeps {needed} busy"),
        false => format!("the declared load keeps {needed} of the {total} connections to `{name}` busy"),
    };
    let opens = |name: &str, sum: String| format!("`{name}` opens {sum}");
    let mut diagnostic = Diagnostic::new(load.server.subject(), message)
        .at(first.span, opens(first.service.name(), first.sum()))
        .help(format!(
            "{wanted} connections in all, or requests that hold one for less than {length}: {requests} a second x {length} = {needed} at once"
        ))
        .evidence("pools below the declared load");
    for part in rest {
        diagnostic = diagnostic.cause(part.span, opens(part.service.name(), part.sum()));
    }
    vec![rehearsal::lowered(diagnostic, load.server.use_for)]
}
