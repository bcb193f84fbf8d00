//! An amount of money that the API says as a binary fraction, over a column that keeps it exactly.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::joined::{Found, by_field, once};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("contract/money-as-float", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for field in context.head.property_columns() {
        let Some(column) = field.columns.iter().find(|column| column.is_of(&["numeric", "decimal"])).filter(|_| field.is_money())
        else {
            continue;
        };
        context.consider();
        let schema = field.property.schema.core();
        if !schema.types().contains(&"number") {
            continue;
        }
        let format = schema.format().filter(|format| matches!(*format, "float" | "double"));
        let name = field.subject();
        let what = format.unwrap_or("number");
        let diagnostic =
            Diagnostic::new(&name, format!("`{name}` says money as a {what}, column `{}` is exact", column.short_name()))
                .at(field.property.span, "clients read it into a binary fraction, and sums drift")
                .cause(column.type_span(), "keeps every digit")
                .help("{ type: string, pattern: '^-?[0-9]+\\.[0-9]{2}$' }\nor whole cents: { type: integer, format: int64 }")
                .evidence(what);
        let diagnostic = by_field(diagnostic, &field);
        let diagnostic = match format {
            Some("float") => diagnostic,
            _ => diagnostic.at_most(Severity::Info, "amounts of fewer than 16 digits survive a double where nothing is added up"),
        };
        found.push(Found { said: field.property.span, column: column.span, diagnostic });
    }
    once(found)
}
