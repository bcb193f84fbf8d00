//! A search within jsonb that no index serves.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::queries::{Unserved, UnservedKind};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/jsonb-without-gin", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut unserved = Vec::new();
    for access in context.head.application_queries().flat_map(|query| query.judged_accesses()) {
        let jsonb = |kind: &str| kind == "jsonb";
        if access.conditions.iter().any(|one| one.column.column_type.known().is_some_and(|kind| jsonb(&kind.name))) {
            context.consider();
            let found = access.unserved_contents().into_iter();
            unserved.extend(found.filter(|one| matches!(one.kind, UnservedKind::Jsonb | UnservedKind::JsonText)));
        }
    }
    super::once(unserved, tell)
}

fn tell(one: &Unserved) -> Diagnostic {
    let (table, subject, column) = (one.table.short_name(), one.query.subject(), &one.columns[0]);
    let (message, label) = match one.kind {
        UnservedKind::JsonText => (
            format!("`{subject}` compares `{}`, which no index of `{table}` holds", one.text),
            "a GIN index does not serve `->>`; one over the expression does",
        ),
        _ => (
            format!("`{subject}` searches within `{table}.{}`, which no GIN index holds", one.text),
            "every document of the table is read and taken apart",
        ),
    };
    let diagnostic = Diagnostic::new(format!("{} {}", one.table.subject(), one.tail), message)
        .at(one.places[0], label)
        .context(column.span, "the column")
        .help(one.table.create_index_of(false, &column.name, &one.tail))
        .evidence(one.tail.clone());
    if one.grows { diagnostic } else { diagnostic.at_most(Severity::Info, "nothing says that the table is large") }
}
