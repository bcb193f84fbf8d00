//! A sort parameter that names a column which no index orders.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/sort-parameter-without-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for parameter in context.head.parameter_columns().into_iter().filter(|one| one.is_sort()) {
        let narrowing = parameter.narrowing_columns();
        for choice in parameter.parameter.choices() {
            let columns = parameter.sort_columns(choice.value);
            if columns.is_empty() {
                continue;
            }
            context.consider();
            let unserved: Vec<_> = columns.iter().filter(|column| column.sort_index(&narrowing).known_absent()).collect();
            let Some(column) = unserved.first() else { continue };
            let name = column.short_name();
            let subject = format!("{}={}", parameter.subject(), column.name);
            let mut diagnostic =
                Diagnostic::new(subject, format!("`{}` sorts by `{name}`, which no index orders", parameter.subject()))
                    .at(choice.span, "clients may sort by this")
                    .help(format!("in a new migration: {}", column.create_index_sql()))
                    .evidence(column.name.clone())
                    .join(&parameter.why)
                    .joined_at(parameter.confidence);
            for column in &unserved {
                diagnostic =
                    diagnostic.cause(column.span, format!("no index of `{}` leads with it", column.table().short_name()));
            }
            found.push(diagnostic);
        }
    }
    found.dedup_by(|a, b| a.subject == b.subject && a.primary.span == b.primary.span);
    found
}
