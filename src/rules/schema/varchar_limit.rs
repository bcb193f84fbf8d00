//! A column of type `varchar(n)`, in a house that prefers `text`.

use crate::diagnostic::Diagnostic;
use crate::model::schema::ColumnRef;
use crate::rules::columns::{Group, by_habit};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/varchar-limit", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let columns = context.head.schema.stated_columns().filter(ColumnRef::is_postgres);
    by_habit(columns.inspect(|_| context.consider()).filter(is_limited)).iter().map(report).collect()
}

fn is_limited(column: &ColumnRef) -> bool {
    column.is_of(&["character varying"]) && column.known_type().is_some_and(|one| !one.arguments.is_empty())
}

fn report(group: &Group) -> Diagnostic {
    let column = group.first();
    let message = format!("{} {} a limit in the type", group.named(), group.verb("has", "have"));
    let found = group.says(message).at(column.type_span(), "`text` with a CHECK says the same, and names the limit in its error");
    group.with_others(match column.alter_type_help("text") {
        Some(help) => found.help(help),
        None => found,
    })
}
