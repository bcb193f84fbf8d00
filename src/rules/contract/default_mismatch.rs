//! A field whose default in the API is another than that of its column.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::PropertyColumn;
use crate::model::schema::ColumnRef;
use crate::rules::joined::{Found, by_field, once};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = rule!("contract/default-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let fields = context.head.property_columns();
    for field in fields.iter().filter(|field| field.property.schema.core().default_text().is_some() && field.in_request) {
        if field.columns.is_empty() {
            continue;
        }
        context.consider();
        let Some(clash) = field.default_clash() else { continue };
        let name = field.subject();
        let short = clash.column.short_name();
        let message = format!("`{name}` is `{}` by default, column `{short}` is `{}`", clash.said, clash.held);
        let diagnostic = Diagnostic::new(&name, message)
            .at(clash.said_at, "what a client that leaves it out was told")
            .cause(clash.held_at, "what is stored where the INSERT leaves it out")
            .help(format!("default: {}", clash.held))
            .evidence(format!("{}/{}", clash.said, clash.held));
        let diagnostic = by_field(diagnostic, field);
        let diagnostic = match writers(&fields, &clash.column) {
            0 | 1 => diagnostic,
            _ => diagnostic.at_most(Severity::Info, "several documents write the column, and each may have a default of its own"),
        };
        found.push(Found { said: clash.said_at, column: clash.column.span, diagnostic });
    }
    once(found)
}

/// How many documents have an operation that writes a column.
fn writers(fields: &[PropertyColumn], column: &ColumnRef) -> usize {
    let writes = |field: &&PropertyColumn| field.in_request && field.columns.iter().any(|one| one.span == column.span);
    let documents = fields.iter().filter(writes).filter_map(|field| field.operation).map(|operation| operation.document().path());
    documents.collect::<BTreeSet<&str>>().len()
}
