//! A pending migration adds a UNIQUE constraint, and nobody can use the table while its index is built.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::NewConstraint;
use crate::model::schema::{ConstraintKind, PendingStep};
use crate::rules::pending::{column_without, gather, on_live_table};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/unique-constraint-without-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let uniques = step.new_constraints().into_iter().filter(|new| matches!(new.def.kind, ConstraintKind::Unique { .. }));
        for new in uniques {
            context.consider();
            if new.using_index().is_none() && step.is_felt() && step.rewriting_column().is_none() {
                found.push((step, report(context, &step, &new)));
            }
        }
    }
    gather(found)
}

fn report(context: &Context, step: &PendingStep, new: &NewConstraint) -> Diagnostic {
    let (table, name) = (step.table(), new.name(step));
    let written = step.sql_name(&name);
    let message = format!("adding UNIQUE `{written}` builds its index while nobody can use `{table}`");
    let diagnostic = Diagnostic::new(step.subject(Some(&name)), message)
        .at(new.def.span, "ACCESS EXCLUSIVE until the index is built")
        .help(help(context, step, new, &written));
    on_live_table(step, diagnostic)
}

fn help(context: &Context, step: &PendingStep, new: &NewConstraint, name: &str) -> String {
    let table = step.table();
    if step.before().is_some_and(|before| before.partitioned) {
        return format!(
            "on the partitioned `{table}`: build a unique index CONCURRENTLY on each partition, create it ON ONLY `{table}`, and attach those with ALTER INDEX .. ATTACH PARTITION"
        );
    }
    let columns: Vec<String> = new.columns().into_iter().map(|column| step.sql_name(column)).collect();
    let nulls = match new.def.kind {
        ConstraintKind::Unique { nulls_not_distinct: true, .. } => " NULLS NOT DISTINCT",
        _ => "",
    };
    let index = format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({}){nulls};", columns.join(", "));
    let take = format!(
        "-- in the next one, which then reads nothing:\nALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name};"
    );
    let place = step.place_apart();
    match new.column {
        Some(column) => {
            let column = column_without(context, column, new.def.span);
            format!(
                "add the column alone:\nALTER TABLE {table} ADD COLUMN {column};\n-- in a migration of its own{place}:\n{index}\n{take}"
            )
        }
        None => format!("build the index first, in a migration of its own{place}:\n{index}\n{take}"),
    }
}
