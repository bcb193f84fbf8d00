//! Columns that are there for the service alone, in an answer of the API.

use crate::diagnostic::Diagnostic;
use crate::model::links::PropertyColumn;
use crate::rules::joined::{by_field, by_object};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("contract/internal-column-exposed", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let given = context.head.property_columns().into_iter().filter(|field| field.in_response && !field.columns.is_empty());
    let internal: Vec<PropertyColumn> = given.inspect(|_| context.consider()).filter(PropertyColumn::is_internal).collect();
    by_object(&internal).iter().map(|fields| report(fields)).collect()
}

fn report(fields: &[&PropertyColumn]) -> Diagnostic {
    let first = fields[0];
    let column = first.columns[0];
    let message = match fields.len() {
        1 => format!("`{}` gives the internal column `{}` to clients", first.subject(), column.short_name()),
        many => format!("`{}` gives {many} internal columns of `{}` to clients", first.entity, column.table().short_name()),
    };
    let names: Vec<String> = fields.iter().map(|field| field.path()).collect();
    let mut diagnostic = Diagnostic::new(format!("{} internal columns", first.entity), message)
        .at(first.property.span, "clients will rely on it")
        .cause(column.span, "a column for the service alone")
        .help("leave it out of the object that clients see")
        .evidence(names.join(","));
    for other in &fields[1..] {
        diagnostic = diagnostic.occurrence(other.property.span, other.subject());
    }
    by_field(diagnostic, first)
}
