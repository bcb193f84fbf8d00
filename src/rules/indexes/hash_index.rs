//! An index that serves `=` alone.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/hash-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for index in context.head.schema.droppable_indexes() {
        context.consider();
        if index.method != "hash" {
            continue;
        }
        let message = format!("index `{}` is a hash, which serves `=` and nothing else", index.label());
        let columns: Vec<String> = index.columns().unwrap_or_default().into_iter().map(str::to_owned).collect();
        found.push(
            Diagnostic::new(index.subject(), message)
                .at(index.span, "no range, no order, no second key, no uniqueness")
                .help(index.table().create_indexes_help(&[columns]))
                .evidence(index.keys_text()),
        );
    }
    found
}
