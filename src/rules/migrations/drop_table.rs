//! A pending migration drops a table that running code may still use, with its rows.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::{Audience, LostTable};
use crate::rules::pending::{careful, gather_by, unless_nowhere, unsure, with_mentions};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/drop-table", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let read = context.head.still_read();
    for step in context.head.schema.pending_steps() {
        if step.drops_tables() {
            context.consider();
        }
        // What the server refuses by its catalog is said by `statement-fails`.
        for lost in step.lost_tables().into_iter().filter(|_| step.refusal().is_none()) {
            let audience = step.audience_of(&lost.name);
            // What queries still name is said by `drop-column-still-read`.
            let is_told = read.iter().any(|one| one.step.step.op.span == step.step.op.span && one.table == lost.name);
            if audience != Audience::Nobody && !is_told {
                let mut diagnostic = report(&step, &lost, audience);
                if step.step.effects.fails().is_none() && !lost.is_created_anew {
                    diagnostic = unless_nowhere(context, &lost.name.to_string(), diagnostic);
                }
                found.push((step, String::new(), diagnostic));
            }
        }
    }
    with_mentions(context, gather_by(found))
}

fn report(step: &PendingStep, lost: &LostTable, audience: Audience) -> Diagnostic {
    let table = step.spoken(&lost.name);
    let fails = step.step.effects.fails();
    let (message, label) = match (fails, lost.is_created_anew) {
        (Some(fails), _) => (fails.to_owned(), "the server refuses this"),
        (None, true) => (
            format!("`{table}` is dropped and created again: all its rows are lost"),
            "the rows are gone from here on, and the new table is empty",
        ),
        (None, false) => (
            format!("`{table}` is dropped while running code may still use it"),
            "old code fails on it from here on, and the rows are gone",
        ),
    };
    let help = match (fails, lost.is_created_anew) {
        (Some(_), _) => "drop what refers to it in an earlier statement".to_owned(),
        (None, true) => format!("change the table that is there instead, with its rows:\nALTER TABLE {table} ..;"),
        (None, false) => format!(
            "release code that neither reads nor writes `{table}` first, and run this in a later release, when nobody misses the rows:\nDROP TABLE {table};"
        ),
    };
    let mut diagnostic = Diagnostic::new(lost.name.to_string(), message).at(step.step.op.span, label).help(help);
    if let Some(table) = lost.table.filter(|table| !table.external) {
        diagnostic = diagnostic.context(table.name_span, "the table is created here");
    }
    if fails.is_none() {
        let why = match lost.is_created_anew {
            true => "whether anybody misses the rows cannot be seen here",
            false => "what running code reads cannot be seen here",
        };
        diagnostic = diagnostic.at_most(Severity::Warning, why);
    }
    if lost.table.is_none_or(|table| table.external) {
        let why = "the table is not created here: whether it is there is not known";
        diagnostic = match step.is_precaution() {
            true => unsure(diagnostic, Severity::Info, Confidence::Low, why),
            false => diagnostic.sure_at_most(Confidence::Medium, why),
        };
    }
    careful(step, audience, diagnostic)
}
