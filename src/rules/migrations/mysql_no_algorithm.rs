//! A pending migration leaves it to MySQL how a table in use is altered.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/mysql-no-algorithm", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut last = None;
    for step in context.head.schema.pending_steps().filter(|step| step.is_mysql() && step.alters_table()) {
        context.consider();
        let is_same = last.replace(step.statement.span) == Some(step.statement.span);
        if is_same || step.audience() == Audience::Nobody || step.says_algorithm(context.sources) {
            continue;
        }
        let table = step.table();
        let diagnostic =
            Diagnostic::new(step.subject(None), format!("nothing keeps MySQL from copying `{table}` for this change"))
                .at(step.statement.head, "says neither ALGORITHM nor LOCK")
                .help(format!(
                    "at the end of the statement, so that it fails instead:\nALTER TABLE {table} .., ALGORITHM=INSTANT;"
                ));
        found.push((step, careful(&step, step.audience(), diagnostic)));
    }
    gather(found)
}
