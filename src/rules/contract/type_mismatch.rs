//! A field of the API whose type cannot hold what its column holds, or the reverse.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::{PropertyColumn, TypeClash};
use crate::model::schema::ColumnRef;
use crate::rules::joined::{Found, by_field, once};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("contract/type-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // What a pending migration narrows is said there.
    let narrowed = context.head.narrowed_fields();
    for field in context.head.property_columns().into_iter().filter(|field| !field.columns.is_empty()) {
        context.consider();
        let Some((clash, column)) = field.type_clash() else { continue };
        if !narrowed.iter().any(|one| one.column.span == column.span) {
            found.push(Found { said: field.property.span, column: column.span, diagnostic: report(&field, clash, column) });
        }
    }
    once(found)
}

fn report(field: &PropertyColumn, clash: TypeClash, column: ColumnRef) -> Diagnostic {
    let (name, short) = (field.subject(), column.short_name());
    let kind = column.type_text();
    let (message, label, help) = match clash {
        TypeClash::WideNumber => (
            format!("`{name}` is an int32, column `{short}` is {kind}"),
            "clients that take it at its word overflow above 2147483647",
            "format: int64",
        ),
        TypeClash::Fraction => (
            format!("`{name}` is an integer, column `{short}` holds fractions"),
            "what stands behind the decimal point is lost, or breaks clients",
            "type: number",
        ),
        TypeClash::WholeNumber => (
            format!("`{name}` takes fractions, column `{short}` holds whole numbers"),
            "a fraction passes validation and is rounded, or fails at the INSERT",
            "type: integer",
        ),
        TypeClash::TimeOfDay => (
            format!("`{name}` is a date-time, column `{short}` holds a day"),
            "the time of day is cut off without a word",
            "format: date",
        ),
    };
    let diagnostic = Diagnostic::new(&name, message)
        .at(field.property.span, label)
        .cause(column.type_span(), format!("of type {kind}"))
        .help(help)
        .evidence(format!("{clash:?}"));
    let diagnostic = by_field(diagnostic, field);
    match clash {
        TypeClash::WideNumber if column.is_made_by_server() => {
            diagnostic.at_most(Severity::Info, "it numbers the rows, and it is long until there are so many")
        }
        TypeClash::WholeNumber if !field.property.schema.core().format().is_some_and(|one| matches!(one, "float" | "double")) => {
            diagnostic.at_most(Severity::Info, "generators write `number` for whole numbers too")
        }
        _ => diagnostic,
    }
}
