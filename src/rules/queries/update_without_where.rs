//! A statement that changes or deletes every row.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::queries::Verb;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("queries/update-without-where", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for query in context.head.application_queries().filter(|query| query.is_clear()) {
        for scope in query.scopes().filter(|scope| matches!(scope.scope().verb, Verb::Update | Verb::Delete)) {
            let Some(table) = scope.table(0).filter(|table| !table.is_derived()) else { continue };
            context.consider();
            let held = scope.scope();
            // A join, or a bound, chooses rows too.
            if held.filter.is_some() || held.limit.is_some() || held.tables.len() > 1 {
                continue;
            }
            let (does, help) = match held.verb {
                Verb::Update => ("changes", "WHERE .."),
                _ => ("deletes", "WHERE .., or TRUNCATE where all rows are meant"),
            };
            let message = format!("`{}` {does} every row of `{}`", query.subject(), table.short_name());
            let mut diagnostic = Diagnostic::new(query.subject(), message)
                .at(held.span, "it has no WHERE")
                .context(table.name_span, "the table")
                .help(help)
                .evidence(table.subject());
            if query.means_all() {
                diagnostic = diagnostic.at_most(Severity::Info, "its name says that all rows are meant");
            } else if table.is_filled_with_constants() {
                diagnostic = diagnostic.at_most(Severity::Info, "the table is a list that the repository itself fills");
            }
            found.push(diagnostic);
        }
    }
    found
}
