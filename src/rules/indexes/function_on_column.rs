//! A condition on an expression over a column, which an index over the column does not serve.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::queries::Unserved;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/function-on-column", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut unserved = Vec::new();
    for access in context.head.application_queries().flat_map(|query| query.judged_accesses()) {
        if !access.conditions.is_empty() {
            context.consider();
            unserved.extend(access.unserved_wrappings());
        }
    }
    super::once(unserved, tell)
}

fn tell(one: &Unserved) -> Diagnostic {
    let (table, subject) = (one.table.short_name(), one.query.subject());
    let message = format!("`{subject}` compares `{}`, so no index of `{table}` can find the rows", one.text);
    let mut diagnostic = Diagnostic::new(format!("{} {}", one.table.subject(), one.tail), message)
        .at(one.places[0], "it is worked out for every row of the table")
        .evidence(one.tail.clone());
    let column = &one.columns[0];
    diagnostic = match one.wasted {
        Some(index) => diagnostic.cause(index.span, format!("`{}` is over `{}` as it is stored", index.label(), column.name)),
        None => diagnostic.context(column.span, "the column"),
    };
    diagnostic = diagnostic.help(one.table.create_index_of(false, &format!("{}_expr", column.name), &one.tail));
    if one.wasted.is_none() {
        diagnostic = diagnostic.at_most(Severity::Info, "there is no index over the plain column either");
    }
    diagnostic
}
