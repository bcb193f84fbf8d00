//! A pending migration names a column twice where the server takes it once.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/duplicate-column", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let repeats = context.head.schema.repeated_columns(context.sources, || context.consider());
    let report = |one: crate::model::schema::RepeatedColumn| {
        let name = &one.name.value;
        Diagnostic::new(format!("{}.{name}", one.table), format!("column `{name}` is named twice in one statement"))
            .at(one.name.span, "the server refuses the statement")
            .cause(one.first, "the first time")
            .help("take one of them out")
    };
    repeats.into_iter().map(report).collect()
}
