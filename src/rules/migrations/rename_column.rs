//! A pending migration renames a column: old code and new code cannot both work.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather, with_mentions};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/rename-column", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let read = context.head.still_read();
    for step in context.head.schema.pending_steps() {
        let Some((from, to)) = step.renamed_column() else { continue };
        context.consider();
        let is_kept = from == to || step.is_old_name_kept(from);
        // What queries still call by the old name is said by `drop-column-still-read`.
        let is_told = read.iter().any(|one| one.step.step.op.span == step.step.op.span);
        if step.column_audience() == Audience::Nobody || is_kept || is_told {
            continue;
        }
        let table = step.table();
        let (old, new) = (step.sql_name(from), step.sql_name(to));
        let column_type =
            step.column().and_then(|column| column.column_type.known()).map(|known| format!(" {}", step.type_sql(known)));
        let message = format!("`{table}.{old}` is renamed to `{new}` in one step");
        let first = match step.is_freed_before(to) {
            true => format!(
                "keep both columns, write both, fill the one in batches, and switch the reads:\nUPDATE {table} SET {new} = {old} WHERE ..;"
            ),
            false => format!(
                "add the new column, write both, fill it in batches, and switch the reads:\nALTER TABLE {table} ADD COLUMN {new}{};",
                column_type.unwrap_or_default()
            ),
        };
        let mut diagnostic = Diagnostic::new(step.subject(Some(from)), message)
            .at(step.step.op.span, "from here on old code fails, and before it new code does")
            .help(format!("{first}\n-- in a later release, when nothing reads `{old}`:\nALTER TABLE {table} DROP COLUMN {old};"))
            .evidence(format!("to {new}"));
        if let Some(held) = step.column() {
            diagnostic = diagnostic.context(held.span, "the column as it was created");
        }
        found.push((step, careful(&step, step.column_audience(), diagnostic)));
    }
    with_mentions(context, gather(found))
}
