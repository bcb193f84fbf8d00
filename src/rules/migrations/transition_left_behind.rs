//! The old half of a change, or the trigger that kept both halves alike, that nobody took away.

use crate::diagnostic::Diagnostic;
use crate::model::schema::{LeftPart, LeftTransition};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/transition-left-behind", check);

/// After so many further migrations nobody is still in the middle of it.
const PATIENCE: usize = 5;

fn check(context: &Context) -> Vec<Diagnostic> {
    let left = context.head.schema.left_transitions(context.sources);
    left.iter().for_each(|_| context.consider());
    left.iter().filter(|one| one.migrations_since >= PATIENCE).map(report).collect()
}

fn report(one: &LeftTransition) -> Diagnostic {
    let (table, ago) = (one.table.short_name(), one.migrations_since);
    let (subject, sql_table) = (one.table.subject(), one.table.sql_name());
    match &one.part {
        LeftPart::Column { left, beside } => Diagnostic::new(
            format!("{subject}.{left}"),
            format!("`{table}.{left}` was left beside `{beside}` {ago} migrations ago"),
        )
        .at(one.shown_by, "the change that made two of one column began here")
        .help(format!(
            "{}\n-- or `{beside}`, where all code uses `{left}` by now",
            one.table.in_place(&format!("ALTER TABLE {sql_table} DROP COLUMN {};", one.sql_name(left)))
        )),
        LeftPart::Table { beside } => {
            Diagnostic::new(&subject, format!("`{table}` was left beside `{beside}` {ago} migrations ago"))
                .at(one.shown_by, "it was put aside here for the table that has its name now")
                .help(one.table.in_place(&format!("DROP TABLE {sql_table};")))
        }
        LeftPart::Trigger { name, columns: (from, to) } => Diagnostic::new(
            format!("{subject} {name}"),
            format!("trigger `{name}` has kept `{from}` and `{to}` of `{table}` alike for {ago} migrations"),
        )
        .at(one.shown_by, "every write pays for it, and nobody knows which column counts")
        .help(one.table.in_place(&one.drop_trigger(name))),
    }
}
