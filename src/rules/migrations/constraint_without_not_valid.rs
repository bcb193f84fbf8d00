//! A pending migration adds a CHECK, and the server reads every row under its strongest lock.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::NewConstraint;
use crate::model::schema::{ConstraintKind, PendingStep};
use crate::rules::pending::{column_without, gather, on_live_table, on_one_line};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/constraint-without-not-valid", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let checks = step.new_constraints().into_iter().filter(|new| matches!(new.def.kind, ConstraintKind::Check { .. }));
        for new in checks {
            context.consider();
            if !new.def.not_valid && step.is_felt() && step.rewriting_column().is_none() {
                found.push((step, report(context, &step, &new)));
            }
        }
    }
    gather(found)
}

fn report(context: &Context, step: &PendingStep, new: &NewConstraint) -> Diagnostic {
    let (table, name) = (step.table(), new.name(step));
    let written = step.sql_name(&name);
    let message = format!("adding CHECK `{written}` reads all of `{table}` while nobody can use it");
    let diagnostic = Diagnostic::new(step.subject(Some(&name)), message)
        .at(new.def.span, "ACCESS EXCLUSIVE until every row has been checked")
        .help(help(context, step, new, &written));
    on_live_table(step, diagnostic)
}

fn help(context: &Context, step: &PendingStep, new: &NewConstraint, name: &str) -> String {
    let table = step.table();
    let text = on_one_line(context.sources.text(new.def.span));
    let condition = keyword(&text).and_then(|at| text.get(at..));
    let add = format!("ALTER TABLE {table} ADD CONSTRAINT {name} {} NOT VALID;", condition.unwrap_or("CHECK (..)"));
    let validate = format!("-- in the next migration:\nALTER TABLE {table} VALIDATE CONSTRAINT {name};");
    match new.column {
        Some(column) => {
            let column = column_without(context, column, new.def.span);
            format!(
                "check new rows first, and the old ones without blocking anybody:\nALTER TABLE {table} ADD COLUMN {column};\n{add}\n{validate}"
            )
        }
        None => format!("check new rows first, and the old ones without blocking anybody:\n{add}\n{validate}"),
    }
}

/// Where the word CHECK stands by itself: a name may hold it too.
fn keyword(text: &str) -> Option<usize> {
    let upper = text.to_ascii_uppercase();
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '$');
    let is_word = |at: &usize| {
        let before = upper.get(..*at).and_then(|part| part.chars().next_back());
        let after = upper.get(at + "CHECK".len()..).and_then(|part| part.chars().next());
        !before.is_some_and(in_name) && !after.is_some_and(in_name)
    };
    upper.match_indices("CHECK").map(|(at, _)| at).find(is_word)
}
