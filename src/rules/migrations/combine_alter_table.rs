//! A pending migration alters one table in several statements where one would do.

use crate::diagnostic::Diagnostic;
use crate::rules::pending::careful;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/combine-alter-table", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_migrations() {
        context.consider();
        for steps in migration.combinable() {
            let Some((first, rest)) = steps.split_first() else { continue };
            let Some((second, others)) = rest.split_first() else { continue };
            let table = first.table();
            let message = format!("`{table}` is altered by {} statements where one would do", steps.len());
            let mut diagnostic = Diagnostic::new(first.subject(None), message)
                .at(second.statement.head, "what is read or written in full is read and written anew for each")
                .cause(first.statement.head, "altered here already")
                .help(format!("one statement, its actions between commas:\nALTER TABLE {table} .., ..;"));
            for step in others {
                diagnostic = diagnostic.occurrence(step.statement.head, step.table());
            }
            found.push(careful(first, first.audience(), diagnostic));
        }
    }
    found
}
