//! A pending migration adds a foreign key, and nobody writes to either table until every row has been checked.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::pending::NewConstraint;
use crate::model::schema::{ConstraintKind, PendingStep};
use crate::rules::pending::{column_without, gather, on_live_table, on_one_line};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/foreign-key-without-not-valid", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let keys = step.new_constraints().into_iter().filter(|new| matches!(new.def.kind, ConstraintKind::ForeignKey { .. }));
        for new in keys {
            context.consider();
            if !new.def.not_valid && step.is_felt() {
                found.push((step, report(context, &step, &new)));
            }
        }
    }
    gather(found)
}

fn report(context: &Context, step: &PendingStep, new: &NewConstraint) -> Diagnostic {
    let (table, name) = (step.table(), new.name(step));
    let parent = step.referenced_table(new).unwrap_or_default();
    let written = step.sql_name(&name);
    let is_free = new.column.is_some() && step.scans() == Some(false);
    let both = if parent == table { format!("`{table}`") } else { format!("`{table}` and `{parent}`") };
    let checks = format!("foreign key `{written}` blocks writes to {both} until every row is checked");
    let (message, label) = match (new.column, is_free) {
        (None, _) => (checks, "without NOT VALID: SHARE ROW EXCLUSIVE on both tables until every row has been checked"),
        (Some(_), false) => {
            (checks, "ACCESS EXCLUSIVE here and SHARE ROW EXCLUSIVE there until the default of every row has been checked")
        }
        (Some(_), true) => (
            format!("adding a column with a foreign key also blocks writes to `{parent}` until the commit"),
            "nothing is read, since the column is empty, but both tables are locked",
        ),
    };
    let mut diagnostic =
        Diagnostic::new(step.subject(Some(&name)), message).at(new.def.span, label).help(help(context, step, new, &written));
    if is_free {
        diagnostic = diagnostic.at_most(Severity::Info, "the column is NULL in every row: there is nothing to check");
    }
    on_live_table(step, diagnostic)
}

fn help(context: &Context, step: &PendingStep, new: &NewConstraint, name: &str) -> String {
    let table = step.table();
    if step.before().is_some_and(|before| before.partitioned) && step.server_version().0 < 18 {
        return format!(
            "before PostgreSQL 18 a partitioned table takes no NOT VALID foreign key: add it NOT VALID to each partition, validate it there, and add it to `{table}` last"
        );
    }
    let columns: Vec<String> = new.columns().into_iter().map(|column| step.sql_name(column)).collect();
    let text = on_one_line(context.sources.text(new.def.span));
    let references = text.to_ascii_uppercase().find("REFERENCES").and_then(|at| text.get(at..)).unwrap_or("REFERENCES ..");
    let add = format!("ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({}) {references} NOT VALID;", columns.join(", "));
    let validate = format!("-- in the next migration, which blocks nobody:\nALTER TABLE {table} VALIDATE CONSTRAINT {name};");
    match new.column {
        Some(column) => {
            let column = column_without(context, column, new.def.span);
            format!(
                "add the column alone, and let the key check old rows later:\nALTER TABLE {table} ADD COLUMN {column};\n-- in a migration of its own:\n{add}\n{validate}"
            )
        }
        None => format!("let it check new rows first, and the old ones later:\n{add}\n{validate}"),
    }
}
