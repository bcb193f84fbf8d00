//! A pending migration adds a column that the server fills in every row: a sequence, a stored expression, a checked domain.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::RewriteCause;
use crate::model::schema::{ColumnDef, PendingStep};
use crate::rules::pending::{gather, on_live_table};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/add-column-rewrite", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        if step.added_column().is_none() {
            continue;
        }
        context.consider();
        let Some((column, why)) = step.rewriting_column().filter(|_| step.is_felt()) else { continue };
        if !matches!(why, RewriteCause::VolatileDefault | RewriteCause::OldServer) {
            found.push((step, report(&step, column, why)));
        }
    }
    gather(found)
}

fn report(step: &PendingStep, column: &ColumnDef, why: RewriteCause) -> Diagnostic {
    let (table, name) = (step.table(), step.sql_name(&column.name.value));
    let label = match why {
        RewriteCause::Sequence => "the sequence gives every row a value under ACCESS EXCLUSIVE",
        RewriteCause::Stored => "the expression is computed and stored for every row under ACCESS EXCLUSIVE",
        _ => "the domain has a constraint, which is checked for every row under ACCESS EXCLUSIVE",
    };
    let diagnostic = Diagnostic::new(
        step.subject(Some(&column.name.value)),
        format!("adding `{table}.{name}` writes every row anew while nobody can use `{table}`"),
    )
    .at(step.step.op.span, label)
    .help(help(step, column, why));
    on_live_table(step, diagnostic)
}

fn help(step: &PendingStep, column: &ColumnDef, why: RewriteCause) -> String {
    let (table, name) = (step.table(), step.sql_name(&column.name.value));
    let column_type = column.column_type.as_ref().map(|known| known.value.display()).unwrap_or_default();
    let plain = format!("ALTER TABLE {table} ADD COLUMN {name} {column_type};");
    match why {
        RewriteCause::Sequence => {
            let bare = step.before().map(|before| before.name.name.as_str()).unwrap_or("t");
            let sequence = step.sql_name(&format!("{bare}_{}_seq", column.name.value));
            format!(
                "add a plain column that takes from a sequence, and fill the old rows in batches:\n{plain}\nCREATE SEQUENCE {sequence} OWNED BY {table}.{name};\nALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT nextval('{sequence}');"
            )
        }
        RewriteCause::Stored => format!(
            "add a plain column, let a trigger keep it, and fill the old rows in batches; or compute it where it is read (an index on the expression makes that fast):\n{plain}"
        ),
        _ => format!(
            "add the column in the base type of `{column_type}`, and say what the domain demands in a CHECK that is added NOT VALID and validated in a later migration"
        ),
    }
}
