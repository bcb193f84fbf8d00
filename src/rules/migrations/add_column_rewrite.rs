//! A pending migration adds a column that has a value of its own in every row: a sequence, a stored expression, a checked
//! domain, a default that is computed.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::pending::RewriteCause;
use crate::model::schema::{ColumnDef, PendingStep};
use crate::rules::pending::{gather, on_live_table, unsure};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/add-column-rewrite", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        if step.added_column().is_none() {
            continue;
        }
        context.consider();
        if !step.is_felt() {
            continue;
        }
        match (step.rewriting_column(), step.column_with_unknown_default()) {
            (Some((column, why)), _) => found.push((step, report(&step, column, Some(why)))),
            (None, Some(column)) => found.push((step, report(&step, column, None))),
            (None, None) => {}
        }
    }
    gather(found)
}

fn report(step: &PendingStep, column: &ColumnDef, why: Option<RewriteCause>) -> Diagnostic {
    let (table, name) = (step.table(), step.sql_name(&column.name.value));
    let (writes, label) = match why {
        Some(RewriteCause::Sequence) => ("rewrites", "the sequence gives every row a value under ACCESS EXCLUSIVE"),
        Some(RewriteCause::Stored) => ("rewrites", "the expression is computed and stored for every row under ACCESS EXCLUSIVE"),
        Some(RewriteCause::Domain) => {
            ("rewrites", "the domain has a constraint, which is checked for every row under ACCESS EXCLUSIVE")
        }
        Some(RewriteCause::VolatileDefault) => ("rewrites", "the default is computed for every row under ACCESS EXCLUSIVE"),
        Some(RewriteCause::OldServer) => {
            ("rewrites", "before PostgreSQL 11 any default is written into every row under ACCESS EXCLUSIVE")
        }
        None => ("may rewrite", "if the function is volatile, the default is computed for every row under ACCESS EXCLUSIVE"),
    };
    let place = match why {
        Some(RewriteCause::VolatileDefault | RewriteCause::OldServer) | None => column.default.as_ref().map(|one| one.span),
        _ => None,
    };
    let mut diagnostic = Diagnostic::new(
        step.subject(Some(&column.name.value)),
        format!("adding `{table}.{name}` {writes} the table while nobody can use it"),
    )
    .at(place.unwrap_or(step.step.op.span), label)
    .help(help(step, column, why));
    if why.is_none() {
        diagnostic = unsure(diagnostic, Severity::Info, Confidence::Low, "the default calls a function that is not known");
    }
    on_live_table(step, diagnostic)
}

fn help(step: &PendingStep, column: &ColumnDef, why: Option<RewriteCause>) -> String {
    let (table, name) = (step.table(), step.sql_name(&column.name.value));
    let column_type = column.column_type.as_ref().map(|known| step.type_sql(&known.value)).unwrap_or_default();
    let plain = format!("ALTER TABLE {table} ADD COLUMN {name} {column_type};");
    match why {
        Some(RewriteCause::Sequence) => {
            let bare = step.before().map(|before| before.name.name.as_str()).unwrap_or("t");
            let sequence = step.sql_name(&format!("{bare}_{}_seq", column.name.value));
            format!(
                "add a plain column that takes from a sequence, and fill the old rows in batches:\n{plain}\nCREATE SEQUENCE {sequence} OWNED BY {table}.{name};\nALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT nextval('{sequence}');"
            )
        }
        Some(RewriteCause::Stored) => format!(
            "add a plain column, let a trigger keep it, and fill the old rows in batches; or compute it where it is read (an index on the expression makes that fast):\n{plain}"
        ),
        Some(RewriteCause::Domain) => format!(
            "add the column in the base type of `{column_type}`, and say what the domain demands in a CHECK that is added NOT VALID and validated in a later migration"
        ),
        Some(RewriteCause::VolatileDefault | RewriteCause::OldServer) | None => {
            let default = column.default.as_ref().map(|default| default.text.as_str()).unwrap_or_default();
            format!(
                "add it without the default, give the default to new rows only, and fill the old ones in batches:\n{plain}\nALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {default};"
            )
        }
    }
}
