//! Fields that the API promises always to have a value, over columns that take NULL; and null sent to columns that refuse it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::Method;
use crate::model::links::PropertyColumn;
use crate::model::schema::ColumnRef;
use crate::rules::joined::{Found, by_field, by_object, once};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("contract/nullability-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let promised = context.head.promised_values();
    promised.iter().filter(|field| !field.columns.is_empty()).for_each(|_| context.consider());
    let broken: Vec<PropertyColumn> = promised.into_iter().filter(PropertyColumn::may_be_null).collect();
    let mut found: Vec<Diagnostic> = by_object(&broken).iter().map(|fields| promise(fields)).collect();
    let mut refused = Vec::new();
    for field in context.head.property_columns().into_iter().filter(|field| field.takes_null() && !field.columns.is_empty()) {
        context.consider();
        let Some(column) = field.refuses_null().first().copied() else { continue };
        refused.push(Found { said: field.property.span, column: column.span, diagnostic: refusal(&field, column) });
    }
    found.extend(once(refused));
    found
}

/// Fields of one object, required and never null, whose columns may be.
fn promise(fields: &[&PropertyColumn]) -> Diagnostic {
    let first = fields[0];
    let column = first.columns[0];
    let message = match fields.len() {
        1 => format!("`{}` is required and never null, column `{}` takes NULL", first.subject(), column.short_name()),
        many => format!("{many} fields of `{}` are required and never null, their columns take NULL", first.entity),
    };
    let names: Vec<String> = fields.iter().map(|field| field.path()).collect();
    let mut diagnostic = Diagnostic::new(format!("{} never null", first.entity), message)
        .at(first.property.span, "a row without it breaks the promise, and clients that believe it")
        .cause(column.span, "nothing keeps NULL out")
        .help(format!("{}\nor in the API: let it be null, or leave it out of `required`", column.refuse_null_help()))
        .evidence(names.join(","));
    for other in &fields[1..] {
        diagnostic = diagnostic.occurrence(other.property.span, other.subject());
    }
    by_field(diagnostic, first).at_most(Severity::Info, "the application may always fill it in")
}

fn refusal(field: &PropertyColumn, column: ColumnRef) -> Diagnostic {
    let name = field.subject();
    let diagnostic = Diagnostic::new(&name, format!("`{name}` takes null, column `{}` is NOT NULL", column.short_name()))
        .at(field.property.span, "null passes validation and fails at the INSERT")
        .cause(column.span, "the column refuses NULL")
        .help("take null out of the types of the field")
        .evidence("null refused");
    let diagnostic = by_field(diagnostic, field);
    let changes = field.operation.is_some_and(|operation| operation.method() != Method::Post);
    match () {
        // One schema for both directions says it of both.
        () if field.in_response => {
            diagnostic.at_most(Severity::Info, "the object is given too, and the application may put a value in place of null")
        }
        () if !field.property.required || !column.default.known_absent() => {
            diagnostic.at_most(Severity::Info, "what may be left out is filled in, and so may be what is null")
        }
        () if changes => diagnostic.at_most(Severity::Info, "where a row is changed, null may mean to leave it as it is"),
        () => diagnostic,
    }
}
