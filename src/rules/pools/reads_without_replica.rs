//! One database server that takes all reads beside the writes.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("pools/reads-without-replica", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    runtime.loads().iter().filter(|load| !load.parts.is_empty()).for_each(|_| context.consider());
    let Some(load) = runtime.only_load() else { return Vec::new() };
    let name = &load.server.name;
    let help = match load.server.product {
        "postgres" => {
            "a standby for what only reads, with a pool of its own that cannot write:\n?options=-c%20default_transaction_read_only%3Don"
        }
        _ => "a replica for what only reads, with a pool of its own and a user that cannot write",
    };
    let mut diagnostic = Diagnostic::new(load.server.subject(), format!("all reads go to `{name}`, which takes the writes too"))
        .at(load.server.span, "no other server is known")
        .help(help)
        .evidence("no replica");
    for part in &load.parts {
        diagnostic = diagnostic.context(part.span, format!("`{}` knows no other", part.service.name()));
    }
    vec![rehearsal::lowered(diagnostic, load.server.use_for)]
}
