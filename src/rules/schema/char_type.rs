//! A column of type `char(n)`, which pads every value with blanks.

use crate::diagnostic::Diagnostic;
use crate::model::schema::ColumnRef;
use crate::rules::columns::{Group, by_habit};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/char-type", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let columns = context.head.schema.stated_columns().filter(ColumnRef::is_postgres);
    by_habit(columns.inspect(|_| context.consider()).filter(is_padded)).iter().map(report).collect()
}

/// `"char"` in quotes is a type of one byte; with a length it is nothing at all.
fn is_padded(column: &ColumnRef) -> bool {
    let has_length = column.known_type().is_some_and(|one| !one.arguments.is_empty());
    column.is_of(&["character"]) || column.is_of(&["char"]) && has_length
}

fn report(group: &Group) -> Diagnostic {
    let column = group.first();
    let message = format!("{} {} padded with blanks", group.named(), group.verb("is", "are"));
    let found = group.says(message).at(column.type_span(), "`char(n)` stores n characters, and comparisons leave the blanks out");
    group.with_others(match column.alter_type_help("text") {
        Some(help) => found
            .help(format!("{help}\n-- a limit is a CHECK (char_length({}) <= n), which is cheap to change", column.sql_name())),
        None => found,
    })
}
