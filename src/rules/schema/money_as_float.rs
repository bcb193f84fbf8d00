//! An amount of money in a type that cannot hold most decimal fractions.

use crate::diagnostic::Diagnostic;
use crate::model::schema::ColumnRef;
use crate::model::words;
use crate::rules::columns::{Group, by_table};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/money-as-float", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let columns = context.head.schema.stated_columns().filter(|column| words::is_money(&column.name));
    by_table(columns.inspect(|_| context.consider()).filter(is_float)).iter().map(report).collect()
}

fn is_float(column: &ColumnRef) -> bool {
    // SQLite has no exact type for fractions: there is nothing better to say there than cents.
    column.table().money_type().is_some() && column.is_of(&["real", "double precision", "float", "double"])
}

fn report(group: &Group) -> Diagnostic {
    let column = group.first();
    let message = format!("{} {} money in a floating-point type", group.named(), group.verb("holds", "hold"));
    let found = group.says(message).at(column.type_span(), "0.1 + 0.2 is not 0.3 here: sums drift, and equal amounts differ");
    group.with_others(match column.alter_type_help(column.table().money_type().unwrap_or_default()) {
        Some(help) => found.help(format!("{help}\n-- or whole cents in a bigint")),
        None => found,
    })
}
