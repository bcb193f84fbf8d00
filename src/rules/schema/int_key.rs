//! A primary key that counts with 32 bits or fewer.

use crate::diagnostic::Diagnostic;
use crate::model::schema::ColumnRef;
use crate::rules::columns::{Group, by_habit, by_table};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/int-key", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let columns = context.head.schema.stated_columns().filter(|column| column.auto_increment && !column.table().external);
    let short = columns.inspect(|_| context.consider()).filter(|column| column.short_key().is_some());
    // A short list that the repository fills itself never gets there.
    let short = short.filter(|column| !column.table().is_filled_with_constants());
    let (growing, others): (Vec<ColumnRef>, Vec<ColumnRef>) = short.partition(|column| column.table().table().grows());
    let growing = by_table(growing).into_iter().map(|group| report(&group, "a table that grows with every use"));
    growing
        .chain(by_habit(others).into_iter().map(|group| report(&group, "an INSERT fails once the sequence is past it")))
        .collect()
}

fn report(group: &Group, label: &str) -> Diagnostic {
    let column = group.first();
    let most = column.short_key().unwrap_or_default();
    let message = match group.named() {
        name if group.verb("one", "many") == "one" => format!("{name} can number {most} rows at most"),
        names => format!("{names} can number {most} rows each at most"),
    };
    let help = match column.alter_type_help("bigint") {
        Some(help) => format!("{help}\n-- while the table is small: it writes every row. Columns that refer to it need the same"),
        None => "bigint".to_owned(),
    };
    group.with_others(group.says(message).at(column.type_span(), label).help(help))
}
