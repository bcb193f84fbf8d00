//! A pending migration names a table without its schema, in a house that names it.

use crate::diagnostic::Diagnostic;
use crate::rules::pending::gather;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/unqualified-table", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(|step| step.is_postgres()) {
        for name in step.tables_written() {
            context.consider();
            if name.schema.is_some() {
                continue;
            }
            let table = step.sql_name(&name.name);
            let diagnostic = Diagnostic::new(name.name.clone(), format!("`{table}` is named without its schema"))
                .at(name.span, "which table it is depends on the `search_path` of whoever runs it")
                .help(format!("public.{table}"));
            found.push((step, diagnostic));
        }
    }
    gather(found)
}
