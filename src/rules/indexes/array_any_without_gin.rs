//! A search for an element of an array column that no GIN index serves.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::queries::{Unserved, UnservedKind};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/array-any-without-gin", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut unserved = Vec::new();
    for access in context.head.application_queries().flat_map(|query| query.judged_accesses()) {
        if access.conditions.iter().any(|one| one.column.column_type.known().is_some_and(|kind| kind.array)) {
            context.consider();
            unserved.extend(access.unserved_contents().into_iter().filter(|one| one.kind == UnservedKind::Array));
        }
    }
    super::once(unserved, tell)
}

fn tell(one: &Unserved) -> Diagnostic {
    let (table, subject, column) = (one.table.short_name(), one.query.subject(), &one.columns[0]);
    let message = format!("`{subject}` searches the arrays of `{table}.{}`, which no GIN index holds", one.text);
    let diagnostic = Diagnostic::new(format!("{} {}", one.table.subject(), one.tail), message)
        .at(one.places[0], "every array of the table is read; an index serves `column @> ARRAY[$1]`, not `$1 = ANY (column)`")
        .context(column.span, "the column")
        .help(one.table.create_index_of(false, &column.name, &one.tail))
        .evidence(one.tail.clone());
    if one.grows { diagnostic } else { diagnostic.at_most(Severity::Info, "nothing says that the table is large") }
}
