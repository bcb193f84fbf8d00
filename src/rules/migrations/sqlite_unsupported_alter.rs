//! A pending migration asks SQLite for something that it does not do.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Refused;
use crate::rules::pending::gather;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/sqlite-unsupported-alter", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_sqlite) {
        context.consider();
        if let Some(refused) = step.refused_by_sqlite(context.sources) {
            found.push((step, report(&step, &refused)));
        }
    }
    gather(found)
}

fn report(step: &PendingStep, refused: &Refused) -> Diagnostic {
    let table = step.table();
    let rebuild = || {
        format!(
            "build the table anew, in one transaction, with foreign keys off before it:\nCREATE TABLE {new} (..);\nINSERT INTO {new} (..) SELECT .. FROM {table};\nDROP TABLE {table};\nALTER TABLE {new} RENAME TO {table};\n-- and its indexes and triggers again",
            new = step.sql_name(&format!("new_{}", table.trim_matches('"')))
        )
    };
    let help = refused.instead.clone().unwrap_or_else(rebuild);
    let mut diagnostic = Diagnostic::new(step.subject(None), format!("`{}` on `{table}` fails: SQLite refuses it", refused.what))
        .at(step.step.op.span, refused.why.clone())
        .help(help)
        .evidence(refused.what.clone());
    if refused.what.ends_with("REFERENCES") {
        diagnostic = diagnostic.at_most(Severity::Warning, "it runs while foreign keys are off");
    }
    if let Some(cause) = refused.cause {
        diagnostic = diagnostic.cause(cause, "made here");
    }
    diagnostic
}
