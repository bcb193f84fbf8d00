//! An index on a column with a handful of values.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/low-selectivity", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut seen: Vec<(usize, String, String)> = Vec::new();
    for index in context.head.schema.droppable_indexes() {
        let columns = index.columns().unwrap_or_default();
        let ([name], "btree", None) = (columns.as_slice(), &*index.method, &index.predicate) else { continue };
        context.consider();
        let Some(column) = index.table().column(name).filter(|column| !index.unique && column.has_few_values()) else { continue };
        let is_key = index.table().table().foreign_keys.iter().any(|key| key.columns.first().is_some_and(|first| first == name));
        if is_key || seen.contains(&index.logical()) {
            continue;
        }
        seen.push(index.logical());
        let message = format!("index `{}` is on `{}`, which takes a few values only", index.label(), column.short_name());
        let help = match index.table().dialect().name() {
            "mysql" => "put the column behind others in an index that a query needs, or drop this one".to_owned(),
            _ => {
                let key = index.table().table().primary_key().and_then(|key| key.columns()).unwrap_or_else(|| columns.clone());
                let tail = format!("({}) WHERE {}", key.join(", "), column.rare_value());
                index.table().create_index_of(false, &format!("{name}_part"), &tail)
            }
        };
        found.push(
            Diagnostic::new(index.subject(), message)
                .at(index.span, "where a value is in every third row, reading the table is faster than the index")
                .context(column.span, "the column")
                .help(help)
                .evidence(index.keys_text()),
        );
    }
    found
}
