//! A constraint that was added NOT VALID and has stayed so.

use crate::diagnostic::Diagnostic;
use crate::model::schema::LeftConstraint;
use crate::rules::{Context, Rule, rule};
use crate::source::SourceId;
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("migrations/constraint-never-validated", check);

/// After so many further migrations nobody is still waiting for the right moment.
const PATIENCE: usize = 5;

fn check(context: &Context) -> Vec<Diagnostic> {
    // What one migration added, one migration validates.
    let mut groups: BTreeMap<(usize, SourceId), Vec<LeftConstraint>> = BTreeMap::new();
    for table in context.head.schema.tables().filter(|table| !table.is_derived() && table.constraints_complete()) {
        for constraint in table.not_validated() {
            context.consider();
            if constraint.migrations_since >= PATIENCE {
                groups.entry((table.database_number(), constraint.span.source)).or_default().push(constraint);
            }
        }
    }
    groups.into_values().filter_map(report).collect()
}

fn report(mut group: Vec<LeftConstraint>) -> Option<Diagnostic> {
    group.sort_by_key(|one| one.span);
    let (first, others) = group.split_first()?;
    let more = if others.is_empty() { String::new() } else { format!(" (and {} more)", others.len()) };
    let message = format!("constraint `{}` was added NOT VALID and never validated{more}", first.name);
    let statement =
        |one: &LeftConstraint| format!("ALTER TABLE {} VALIDATE CONSTRAINT {};", one.table.sql_name(), one.sql_name());
    let subject = |one: &LeftConstraint| format!("{}.{}", one.table.subject(), one.name);
    let mut diagnostic = Diagnostic::new(subject(first), message)
        .at(first.span, "rows from before it may still break it, and the planner does not trust it")
        .help(first.table.in_place(&group.iter().map(statement).collect::<Vec<_>>().join("\n")));
    for other in others {
        diagnostic = diagnostic.occurrence(other.span, subject(other));
    }
    Some(diagnostic)
}
