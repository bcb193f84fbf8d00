//! A moment without its time zone.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::{ColumnRef, TimeHabit};
use crate::rules::columns::{Group, by_habit, by_table};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/timestamp-without-time-zone", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let schema = &context.head.schema;
    let habits = schema.time_habits();
    let without = |column: &ColumnRef| column.is_of(&["timestamp without time zone"]);
    let columns = schema.stated_columns().filter(|column| column.is_timestamp());
    let columns = columns.inspect(|_| context.consider()).filter(without);
    let departs = |column: &ColumnRef| habits.get(column.table().database_number()).is_some_and(TimeHabit::keeps_zones);
    let (departures, others): (Vec<ColumnRef>, Vec<ColumnRef>) = columns.partition(departs);
    let departures = by_table(departures).into_iter().map(|group| {
        let habit = habits.get(group.first().table().database_number());
        report(&group, habit.map_or(0, |habit| habit.with_zone))
    });
    let others = by_habit(others).into_iter().map(|group| report(&group, 0));
    departures.chain(others).collect()
}

/// `with_zone`: how many columns of the database keep the zone, where most do.
fn report(group: &Group, with_zone: usize) -> Diagnostic {
    let column = group.first();
    let message = match with_zone {
        0 => format!("{} {} no time zone", group.named(), group.verb("has", "have")),
        count => format!("{} {} no time zone, {count} other columns keep theirs", group.named(), group.verb("has", "have")),
    };
    let mut found = group
        .says(message)
        .at(column.type_span(), "a bare `timestamp` is another moment to each session whose time zone differs");
    if let Some(help) = column.keep_time_zone_help() {
        found = found.help(help);
    }
    if column.generated.is_some() {
        found = found.at_most(Severity::Info, "it is computed: its expression gives it the type");
    }
    if with_zone == 0 {
        found = found.at_most(Severity::Info, "it is this schema's habit, and right where every session runs in one time zone");
    }
    group.with_others(found)
}
