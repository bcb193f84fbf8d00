//! A field of the API whose format and column do not fit each other.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::{FormatClash, PropertyColumn};
use crate::model::schema::ColumnRef;
use crate::rules::joined::{Found, by_field, once};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("contract/format-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for field in context.head.property_columns().into_iter().filter(|field| field.property.schema.core().is_string()) {
        if field.columns.is_empty() || field.is_transformed() {
            continue;
        }
        context.consider();
        let Some((clash, column)) = field.format_clash() else { continue };
        found.push(Found { said: field.property.span, column: column.span, diagnostic: report(&field, &clash, column) });
    }
    once(found)
}

fn report(field: &PropertyColumn, clash: &FormatClash, column: ColumnRef) -> Diagnostic {
    let (name, short) = (field.subject(), column.short_name());
    let kind = column.type_text();
    let format = field.property.schema.core().format().unwrap_or_default();
    let (message, label, help) = match clash {
        FormatClash::OtherType => (
            format!("`{name}` has the format {format}, column `{short}` is {kind}"),
            format!("no value of this format is one of type {kind}"),
            "say the form that clients really see".to_owned(),
        ),
        FormatClash::Short(usual, held) => (
            format!("`{name}` has the format {format}, {usual} characters, column `{short}` holds {held}"),
            "every value passes validation and fails at the INSERT".to_owned(),
            column.alter_type_help(if format == "uuid" { "uuid" } else { "varchar(39)" }).unwrap_or_default(),
        ),
        FormatClash::AnyText(form) => (
            format!("`{name}` takes any text, column `{short}` is {kind}"),
            "other text passes validation and fails at the INSERT".to_owned(),
            format!("format: {form}"),
        ),
    };
    let mut diagnostic = Diagnostic::new(&name, message)
        .at(field.property.span, label)
        .cause(column.type_span(), format!("of type {kind}"))
        .evidence(format!("{format}/{kind}"));
    if !help.is_empty() {
        diagnostic = diagnostic.help(help);
    }
    let diagnostic = by_field(diagnostic, field);
    match clash {
        FormatClash::AnyText(_) => {
            diagnostic.at_most(Severity::Info, "the API states no format that could contradict the column")
        }
        FormatClash::OtherType => diagnostic.at_most(Severity::Warning, "the application may turn one into the other"),
        FormatClash::Short(..) => diagnostic,
    }
}
