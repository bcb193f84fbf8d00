//! A query that reads or changes the rows of all customers.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("queries/tenant-predicate-missing", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for query in context.head.application_queries() {
        for access in query.scopes().flat_map(|scope| scope.accesses()) {
            let Some(tenant) = access.table.tenant_column() else { continue };
            context.consider();
            if !query.is_clear() || access.is_narrowed_to(&tenant.name) {
                continue;
            }
            let subject = query.subject();
            if found.iter().any(|known| known.subject == subject) {
                continue;
            }
            let name = subject.strip_prefix("query ").unwrap_or(&subject).to_owned();
            let table = access.table.short_name();
            let message = format!("query `{name}` takes the rows of every tenant in `{table}`");
            found.push(
                Diagnostic::new(&subject, message)
                    .at(
                        query.name.as_ref().map_or(query.statement.span, |name| name.span),
                        "no condition says whose rows are meant",
                    )
                    .cause(tenant.span, "says whose row it is")
                    .help(format!("WHERE {} = $1", tenant.sql_name()))
                    .evidence(access.table.subject()),
            );
        }
    }
    found
}
