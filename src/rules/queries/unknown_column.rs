//! A query that names a column which its table does not have.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("queries/unknown-column", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for query in context.head.application_queries().filter(|query| query.is_clear()) {
        for named in query.named_columns() {
            context.consider();
            let Some(missing) = named.missing() else { continue };
            let (table, column) = (missing.table.short_name(), &named.mention.column.name);
            let subject = format!("{}.{column} in {}", missing.table.subject(), query.subject());
            if let Some(known) = found.iter_mut().find(|known| known.subject == subject) {
                *known = known.clone().occurrence(named.mention.column.span, subject);
                continue;
            }
            let message = match missing.dropped {
                Some(_) => format!("`{}` names `{table}.{column}`, which was dropped", query.subject()),
                None => format!("`{}` names `{table}.{column}`, which no migration creates", query.subject()),
            };
            let mut diagnostic = Diagnostic::new(subject, message)
                .at(named.mention.column.span, "the statement fails whenever it runs")
                .context(missing.table.name_span, format!("`{table}` has no such column"))
                .evidence(column.clone());
            if let Some(span) = missing.dropped {
                diagnostic = diagnostic.cause(span, "dropped here");
            }
            diagnostic = match missing.alike() {
                Some(name) => diagnostic.help(format!("perhaps `{name}` is meant")),
                None => diagnostic.help("remove it from the query, or add the column in a new migration"),
            };
            found.push(diagnostic);
        }
    }
    found
}
