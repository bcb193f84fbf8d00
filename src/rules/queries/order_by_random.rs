//! A list in an order that is thrown anew.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::TableRef;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("queries/order-by-random", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for query in context.head.application_queries() {
        for scope in query.scopes().filter(|scope| !scope.scope().order_by.is_empty()) {
            context.consider();
            let Some(key) =
                scope.scope().order_by.iter().find(|key| ["random", "rand", "newid"].contains(&key.value.plain.as_str()))
            else {
                continue;
            };
            let tables: Vec<_> = scope.accesses();
            let Some(access) = tables.first() else { continue };
            let table = access.table.short_name();
            let message = format!("`{}` sorts `{table}` by random numbers", query.subject());
            let mut diagnostic = Diagnostic::new(query.subject(), message)
                .at(key.value.span, "every row that matches is read and sorted, to give away a few")
                .context(access.table.name_span, "the table")
                .help(help(&access.table))
                .evidence(access.table.subject());
            if access.equal_columns().iter().any(|column| !column.takes_few_values()) {
                diagnostic = diagnostic.at_most(Severity::Info, "a condition leaves few rows to sort");
            } else if let Some(why) = access.is_small() {
                diagnostic = diagnostic.at_most(Severity::Info, why);
            }
            found.push(diagnostic);
        }
    }
    found
}

fn help(table: &TableRef) -> String {
    let name = table.short_name();
    match table.dialect().name() {
        "postgres" => {
            format!("SELECT .. FROM {name} TABLESAMPLE SYSTEM (1) LIMIT $1, or a random key and `WHERE key >= $1 ORDER BY key`")
        }
        _ => format!("choose a random key in the application: SELECT .. FROM {name} WHERE key >= ? ORDER BY key LIMIT 1"),
    }
}
