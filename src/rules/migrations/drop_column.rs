//! A pending migration drops a column that running code may still use.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather, unless_nowhere, with_mentions};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/drop-column", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let exposed = context.head.dropped_fields();
    let replaced = context.head.schema.replaced_in_one_release(context.sources);
    let read = context.head.still_read();
    for step in context.head.schema.pending_steps() {
        let Some(name) = step.dropped_column() else { continue };
        context.consider();
        let span = step.step.op.span;
        // What the API still promises is said by `drop-column-still-exposed`, what is replaced by `expand-and-contract-together`,
        // what the server refuses by `dependent-view` and `statement-fails`, what queries name by `drop-column-still-read`, and what they named
        // before this change by `drop-before-deploy-boundary`.
        let is_told = exposed.contains(&span)
            || replaced.iter().any(|one| one.drop.step.op.span == span)
            || read.iter().any(|one| one.step.step.op.span == span)
            || context.base.is_some_and(|base| !base.readings_before(&step).is_empty());
        if step.column_audience() == Audience::Nobody || is_told || step.refusing_view().is_some() || step.refusal().is_some() {
            continue;
        }
        let again = step.column_made_again(name);
        let heir = step.heir_of(name);
        let is_copied = |heir: &str| step.is_filled_from(heir, name, context.sources);
        // What the server computes is there again when the migration has committed, and so is what was copied.
        if again.is_some_and(|column| column.generated.is_some()) || heir.is_some_and(is_copied) {
            continue;
        }
        let table = step.table();
        let column = step.sql_name(name);
        let (message, label, help) = match (again, heir.map(|heir| step.sql_name(heir))) {
            (Some(again), _) => (
                format!("`{table}.{column}` is dropped and added again: all its values are lost"),
                "the values are gone from here on, and the new column starts without them",
                step.keep_values_help(again, context.sources),
            ),
            (None, Some(heir)) => (
                format!("`{table}.{column}` is dropped and `{heir}` gets its name: all its values are lost"),
                "the values are gone from here on, and the name stands for others",
                format!(
                    "copy the values before, converted where the types differ:\nUPDATE {table} SET {heir} = {column} WHERE {heir} IS NULL;"
                ),
            ),
            (None, None) => (
                format!("`{table}.{column}` is dropped while running code may still use it"),
                "old code fails on it from here on, and the data is gone",
                format!(
                    "release code that neither reads nor writes `{column}` first, and run this in a later release:\nALTER TABLE {table} DROP COLUMN {column};"
                ),
            ),
        };
        let mut diagnostic = Diagnostic::new(step.subject(Some(name)), message).at(span, label).help(help);
        if let Some(held) = step.column() {
            diagnostic = diagnostic.context(held.span, "the column as it was created");
        }
        let why = match again.is_some() || heir.is_some() {
            true => "whether anybody misses the values cannot be seen here",
            false => "what running code reads cannot be seen here",
        };
        diagnostic = diagnostic.at_most(Severity::Warning, why);
        diagnostic = unless_nowhere(context, &step.subject(Some(name)), diagnostic);
        found.push((step, careful(&step, step.column_audience(), diagnostic)));
    }
    with_mentions(context, gather(found))
}
