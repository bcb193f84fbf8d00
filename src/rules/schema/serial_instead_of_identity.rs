//! A `serial` column, in a house that prefers identity columns.

use crate::diagnostic::Diagnostic;
use crate::model::schema::ColumnRef;
use crate::rules::columns::{Group, by_habit};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/serial-instead-of-identity", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let columns = context.head.schema.stated_columns().filter(ColumnRef::is_postgres);
    let serial = columns
        .filter(|column| column.auto_increment)
        .inspect(|_| context.consider())
        .filter(|column| context.sources.text(column.type_span()).to_ascii_lowercase().contains("serial"));
    by_habit(serial).iter().map(report).collect()
}

fn report(group: &Group) -> Diagnostic {
    let column = group.first();
    let column_type = column.known_type().map_or("bigint", |one| one.name.as_str());
    let message = format!("{} {} a `serial`, whose value any INSERT may set itself", group.named(), group.verb("is", "are"));
    let found = group
        .says(message)
        .at(column.type_span(), "the sequence does not notice, and meets that value later")
        .help(format!("{column_type} GENERATED ALWAYS AS IDENTITY"));
    group.with_others(found)
}
