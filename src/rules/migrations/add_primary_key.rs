//! A pending migration adds a primary key, and nobody can use the table while its index is built.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::NewConstraint;
use crate::model::schema::{ConstraintKind, PendingStep};
use crate::rules::pending::{gather, on_live_table};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/add-primary-key", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let keys = step.new_constraints().into_iter().filter(|new| matches!(new.def.kind, ConstraintKind::PrimaryKey { .. }));
        for new in keys {
            context.consider();
            // A key column without a value for old rows fails outright, and a default for each row rewrites the table: other faults.
            let is_other_fault = new.column.is_some_and(|column| !column.is_filled()) || step.rewriting_column().is_some();
            if new.using_index().is_none() && step.is_felt() && !is_other_fault {
                found.push((step, report(&step, &new)));
            }
        }
    }
    gather(found)
}

fn report(step: &PendingStep, new: &NewConstraint) -> Diagnostic {
    let (table, name) = (step.table(), new.name(step));
    let written = step.sql_name(&name);
    let message = format!("adding primary key `{written}` builds its index while nobody can use `{table}`");
    let diagnostic = Diagnostic::new(step.subject(Some(&name)), message)
        .at(new.def.span, "ACCESS EXCLUSIVE until every row has been read and the index is built")
        .help(help(step, new, &written));
    on_live_table(step, diagnostic)
}

fn help(step: &PendingStep, new: &NewConstraint, name: &str) -> String {
    let table = step.table();
    if step.before().is_some_and(|before| before.partitioned) {
        return format!(
            "on the partitioned `{table}`: add the key to each partition USING INDEX first; on `{table}` it then reads nothing"
        );
    }
    let columns: Vec<String> = new.columns().into_iter().map(|column| step.sql_name(column)).collect();
    format!(
        "see that its columns are NOT NULL, and build the index first, in a migration of its own{}:\nCREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({});\n-- in the next one, which then reads nothing:\nALTER TABLE {table} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {name};",
        step.place_apart(),
        columns.join(", ")
    )
}
