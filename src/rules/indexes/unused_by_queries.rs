//! An index whose first column no query looks for or sorts by.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/unused-by-queries", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut seen: Vec<(usize, String, String)> = Vec::new();
    for index in context.head.schema.droppable_indexes().filter(|index| !index.unique) {
        // A table that no query reads belongs to code that is not read here.
        let Some(column) = context.head.first_column_if_queried(&index) else { continue };
        context.consider();
        if seen.contains(&index.logical()) || context.head.is_searched(&index, column) {
            continue;
        }
        seen.push(index.logical());
        let message = format!("no query looks for `{column}`, with which index `{}` begins", index.label());
        found.push(
            Diagnostic::new(index.subject(), message)
                .at(index.span, "every write keeps it up to date, for nobody as far as the query files tell")
                .help(index.drop_help())
                .evidence(index.keys_text()),
        );
    }
    found
}
