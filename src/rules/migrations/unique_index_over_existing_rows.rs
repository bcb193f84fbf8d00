//! A pending migration builds a unique index over rows that may repeat.

use crate::diagnostic::Diagnostic;
use crate::rules::pending::{careful, gather};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/unique-index-over-existing-rows", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps() {
        if step.new_index().is_none_or(|index| !index.unique) {
            continue;
        }
        context.consider();
        let Some(index) = step.index_that_rows_may_break() else { continue };
        let keys: Vec<String> = index
            .keys
            .iter()
            .map(|key| key.column.as_ref().map_or_else(|| key.text().to_owned(), |name| step.sql_name(name)))
            .collect();
        let (keys, table) = (keys.join(", "), step.table());
        let filter = index.predicate.as_ref().map(|one| format!(" WHERE {}", one.value)).unwrap_or_default();
        let name = table.trim_matches(['`', '"']);
        let message = format!("the migration fails if two rows of `{name}` have the same ({})", keys.replace(['`', '"'], ""));
        let diagnostic = Diagnostic::new(step.subject(None), message)
            .at(step.step.op.span, "nothing has kept the rows apart so far, as far as the migrations tell")
            .evidence(keys.clone())
            .help(format!("look before:\nSELECT {keys}, count(*) FROM {table}{filter} GROUP BY {keys} HAVING count(*) > 1;"));
        found.push((step, careful(&step, step.audience(), diagnostic)));
    }
    gather(found)
}
