//! A query that names a table which no migration creates.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("queries/unknown-table", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for query in context.head.application_queries().filter(|query| query.is_clear()) {
        for scope in query.scopes() {
            for (number, used) in scope.scope().tables.iter().enumerate() {
                if scope.table_name(number).is_some() {
                    context.consider();
                }
                let Some(missing) = scope.missing_table(number) else { continue };
                context.consider();
                let subject = format!("{} in {}", missing.name, query.subject());
                if let Some(known) = found.iter_mut().find(|known| known.subject == subject) {
                    *known = known.clone().occurrence(used.span, subject);
                    continue;
                }
                let message = match (missing.dropped, missing.renamed) {
                    (_, Some(to)) => {
                        format!("`{}` names the table `{}`, which is called `{to}` now", query.subject(), missing.name)
                    }
                    (Some(_), None) => format!("`{}` names the table `{}`, which was dropped", query.subject(), missing.name),
                    (None, None) => {
                        format!("`{}` names the table `{}`, which no migration creates", query.subject(), missing.name)
                    }
                };
                let mut diagnostic = Diagnostic::new(subject, message)
                    .at(used.span, "the statement fails whenever it runs")
                    .evidence(missing.name.clone());
                if let Some(span) = missing.dropped {
                    diagnostic = diagnostic.cause(span, if missing.renamed.is_some() { "renamed here" } else { "dropped here" });
                }
                diagnostic = match (missing.renamed, missing.alike) {
                    (Some(name), _) => diagnostic.help(format!("call it `{name}`")),
                    (None, Some(name)) => diagnostic.help(format!("perhaps `{name}` is meant")),
                    (None, None) => diagnostic.help("remove the query, or create the table in a new migration"),
                };
                found.push(diagnostic);
            }
        }
    }
    found
}
