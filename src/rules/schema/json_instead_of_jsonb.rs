//! A column of type `json`, which can neither be compared nor indexed.

use crate::diagnostic::Diagnostic;
use crate::model::schema::ColumnRef;
use crate::rules::columns::{Group, by_habit};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/json-instead-of-jsonb", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let columns = context.head.schema.stated_columns().filter(ColumnRef::is_postgres);
    by_habit(columns.inspect(|_| context.consider()).filter(|column| column.is_of(&["json"]))).iter().map(report).collect()
}

fn report(group: &Group) -> Diagnostic {
    let column = group.first();
    let message = format!("{} {} `json`, which has no equality and no index", group.named(), group.verb("is", "are"));
    let found =
        group.says(message).at(column.type_span(), "`DISTINCT`, `GROUP BY` and `UNION` fail on it, and each read parses it anew");
    group.with_others(match column.alter_type_help("jsonb") {
        Some(help) => found.help(format!(
            "{help}\n-- on a filled table this writes every row: add a `jsonb` column and fill it in batches instead"
        )),
        None => found,
    })
}
