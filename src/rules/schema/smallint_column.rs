//! A column of 16 bits, in a house that prefers 64 everywhere.

use crate::diagnostic::Diagnostic;
use crate::rules::columns::{Group, by_habit};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/smallint-column", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let columns = context.head.schema.stated_columns().inspect(|_| context.consider());
    by_habit(columns.filter(|column| column.is_of(&["smallint"]))).iter().map(report).collect()
}

fn report(group: &Group) -> Diagnostic {
    let column = group.first();
    let message = format!("{} {} values up to 32767", group.named(), group.verb("takes", "take"));
    let found =
        group.says(message).at(column.type_span(), "a larger value is refused, and widening the type later writes every row");
    group.with_others(found.help("bigint"))
}
