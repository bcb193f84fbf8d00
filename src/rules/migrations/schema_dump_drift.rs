//! A dump of the schema that is not what the migrations beside it make.

use crate::diagnostic::Diagnostic;
use crate::model::schema::{Disagreement, Drift};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/schema-dump-drift", check);

/// So many differences are shown; the first is enough to see that the dump is stale.
const SHOWN: usize = 5;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (dump, drifts) in context.head.schema.dump_drifts(context.sources) {
        context.consider();
        found.extend(report(&dump.source, &drifts));
    }
    found
}

fn what(one: &Drift) -> String {
    let table = one.table.short_name();
    let column = one.column.unwrap_or_default();
    match &one.what {
        Disagreement::Required => format!("`{table}.{column}` is NOT NULL in the dump alone"),
        Disagreement::Optional => format!("`{table}.{column}` takes NULL in the dump alone"),
        Disagreement::MissingColumn => format!("`{table}.{column}` is in only one of the two"),
        Disagreement::Type(a, b) => format!("`{table}.{column}` is `{a}` and `{b}`"),
        Disagreement::NotUnique(columns) => format!("`{table}({})` is unique in only one of the two", columns.join(", ")),
        Disagreement::MissingTable => format!("`{table}` is not in the dump"),
    }
}

fn report(path: &str, drifts: &[Drift]) -> Option<Diagnostic> {
    let first = drifts.first()?;
    let more = if drifts.len() < 2 { String::new() } else { format!(" (and {} more)", drifts.len() - 1) };
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut diagnostic = Diagnostic::new(path, format!("`{name}` is not what the migrations make: {}{more}", what(first)))
        .at(first.here, "whoever sets up a database from this file gets another one")
        .help("run all migrations on an empty database and dump it again");
    for one in drifts.iter().take(SHOWN) {
        diagnostic = diagnostic.cause(one.there, what(one)).evidence(what(one));
    }
    Some(diagnostic)
}
