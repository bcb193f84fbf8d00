//! A PostgreSQL server on which nothing in the repository bounds a statement.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("timeouts/statement-timeout-missing", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let mut found = Vec::new();
    for store in runtime.stores() {
        context.consider();
        let elsewhere = context.head.statement_timeout_set_in_sql();
        if elsewhere || !runtime.statement_timeout_missing(store) || store.profile().is_rehearsal() {
            continue;
        }
        let mut diagnostic = Diagnostic::new(store.subject(), format!("no statement on `{}` has a time limit", store.name()))
            .at(store.span(), "PostgreSQL's default is no limit")
            .help(store.statement_timeout_help())
            .evidence("statement_timeout");
        for client in store.clients().into_iter().take(3) {
            diagnostic = diagnostic.context(client.span(), format!("`{}` uses it, and sets none", client.name()));
        }
        found.push(diagnostic);
    }
    found
}
