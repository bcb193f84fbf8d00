//! A query that looks for rows by columns which no index leads with.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::queries::Unserved;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/query-predicate-without-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut unserved = Vec::new();
    for access in context.head.application_queries().flat_map(|query| query.judged_accesses()) {
        if !access.equal_columns().is_empty() {
            context.consider();
            unserved.extend(access.unserved_equality());
        }
    }
    super::once(unserved, tell)
}

fn tell(one: &Unserved) -> Diagnostic {
    let (table, subject) = (one.table.short_name(), one.query.subject());
    let message = format!("`{subject}` finds rows of `{table}` by `{}`, which no index begins with", one.text);
    let mut diagnostic = Diagnostic::new(format!("{}({})", one.table.subject(), one.text), message)
        .at(one.places[0], "the whole table is read for this")
        .context(one.table.name_span, format!("no index of `{table}` begins with a column that the query compares"))
        .help(one.table.create_index_of(false, &one.text.replace(", ", "_"), &one.tail))
        .evidence(one.text.clone());
    if !one.grows {
        diagnostic = diagnostic.at_most(Severity::Info, "nothing says that the table is large");
    }
    diagnostic
}
