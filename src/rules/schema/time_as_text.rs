//! A moment that is stored as text.

use crate::diagnostic::Diagnostic;
use crate::model::schema::ColumnRef;
use crate::model::words;
use crate::rules::columns::{Group, by_habit};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/time-as-text", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let columns = context.head.schema.stated_columns().filter(|column| words::is_moment(&column.name));
    by_habit(columns.inspect(|_| context.consider()).filter(is_text)).iter().map(report).collect()
}

fn is_text(column: &ColumnRef) -> bool {
    // SQLite has no type for moments: text is one of its ways.
    column.table().moment_type().is_some() && column.is_of(&["text", "character varying", "varchar", "character", "char"])
}

fn report(group: &Group) -> Diagnostic {
    let column = group.first();
    let message = format!("{} {} a time as text", group.named(), group.verb("holds", "hold"));
    let found = group.says(message).at(column.type_span(), "any text goes in, and ranges compare letters instead of moments");
    let is_day = column.name.to_lowercase().ends_with("date");
    let to = if is_day { "date" } else { column.table().moment_type().unwrap_or_default() };
    group.with_others(match column.convert_help(to) {
        Some(help) => found.help(help),
        None => found,
    })
}
