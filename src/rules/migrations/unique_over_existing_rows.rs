//! A pending migration demands that rows which are there differ, which fails where two of them do not.

use crate::diagnostic::Diagnostic;
use crate::model::schema::PendingStep;
use crate::model::schema::pending::NewUniqueness;
use crate::rules::pending::{gather, on_live_table};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/unique-over-existing-rows", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // PostgreSQL has a rule for each of the two ways, whose remedy is the same: build the index first, and see it fail alone.
    for step in context.head.schema.pending_steps().filter(|step| !step.is_postgres()) {
        let Some(new) = step.new_uniqueness() else { continue };
        context.consider();
        if step.is_felt() && !step.is_met_already(&new) {
            found.push((step, report(&step, &new)));
        }
    }
    gather(found)
}

fn report(step: &PendingStep, new: &NewUniqueness) -> Diagnostic {
    let table = step.table();
    let columns = new.columns.iter().map(|column| step.sql_name(column)).collect::<Vec<_>>().join(", ");
    let subject = step.subject(Some(new.name.unwrap_or(&columns)));
    let diagnostic = Diagnostic::new(subject, format!("`UNIQUE ({columns})` fails where two rows of `{table}` have the same values"))
        .at(step.step.op.span, "uniqueness is demanded of rows that are there already")
        .help(format!(
            "look for such rows before the deployment, and settle them in an earlier migration:\nSELECT {columns}, count(*) FROM {table} GROUP BY {columns} HAVING count(*) > 1;"
        ));
    on_live_table(step, diagnostic)
}
