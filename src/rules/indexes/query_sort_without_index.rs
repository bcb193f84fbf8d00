//! The first rows in an order that no index gives.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::queries::Unserved;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/query-sort-without-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut unserved = Vec::new();
    for access in context.head.application_queries().flat_map(|query| query.judged_accesses()) {
        let scope = access.scope.scope();
        if scope.limit.is_some() && !scope.order_by.is_empty() {
            context.consider();
            unserved.extend(access.unserved_sort());
        }
    }
    super::once(unserved, tell)
}

fn tell(one: &Unserved) -> Diagnostic {
    let (table, subject) = (one.table.short_name(), one.query.subject());
    let message = format!("`{subject}` takes the first rows of `{table}` by `{}`, which no index orders", one.text);
    let about: Vec<&str> = one.columns.iter().map(|column| column.name.as_str()).collect();
    let mut diagnostic = Diagnostic::new(format!("{} {}", one.table.subject(), one.tail), message)
        .at(one.places[0], "all rows that match are read and sorted for each page")
        .context(one.table.name_span, format!("no index of `{table}` gives its rows in this order"))
        .help(one.table.create_index_of(false, &about.join("_"), &one.tail))
        .evidence(one.tail.clone());
    if one.narrowed {
        diagnostic = diagnostic.at_most(Severity::Info, "an index finds the rows that match, and they may be few to sort");
    } else if !one.grows {
        diagnostic = diagnostic.at_most(Severity::Info, "nothing says that the table is large");
    }
    diagnostic
}
