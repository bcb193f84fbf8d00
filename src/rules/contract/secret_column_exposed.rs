//! A column that nobody may read, in an answer of the API.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::PropertyColumn;
use crate::rules::joined::{Found, by_field, once};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("contract/secret-column-exposed", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for field in context.head.property_columns().into_iter().filter(|field| field.in_response) {
        let Some(column) = field.columns.first().copied().filter(|column| column.is_text() || column.is_of(&["bytea", "blob"]))
        else {
            continue;
        };
        context.consider();
        let Some(certain) = field.secret() else { continue };
        found.push(Found { said: field.property.span, column: column.span, diagnostic: report(&field, certain) });
    }
    once(found)
}

fn report(field: &PropertyColumn, certain: bool) -> Diagnostic {
    let (name, column) = (field.subject(), field.columns[0]);
    let mut diagnostic = Diagnostic::new(&name, format!("`{name}` gives column `{}` to clients", column.short_name()))
        .at(field.property.span, "a part of the answer")
        .cause(column.span, "holds what proves who somebody is")
        .help("writeOnly: true")
        .evidence("exposed");
    if let Some(operation) = field.operation {
        diagnostic = diagnostic.context(operation.span(), format!("for example by `{}`", operation.subject()));
    }
    let diagnostic = by_field(diagnostic, field);
    match certain {
        true => diagnostic,
        false => diagnostic.at_most(Severity::Info, "it may be shown once, to whoever it was made for"),
    }
}
