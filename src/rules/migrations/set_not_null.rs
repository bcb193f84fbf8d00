//! A pending migration demands NOT NULL of a column, and the server reads the whole table under its strongest lock.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather, unsure};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/set-not-null", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let unfilled = context.head.schema.demanded_unfilled();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some(column) = step.required_column() else { continue };
        context.consider();
        let is_free = step.step.effects.scans.as_deref().is_some_and(<[_]>::is_empty);
        // What fails for certain is said by `not-null-without-backfill`.
        let is_told = unfilled.iter().any(|one| std::ptr::eq(one.demand.step, step.step));
        let is_nobodys = step.audience() == Audience::Nobody || step.is_emptied();
        if is_nobodys || is_free || is_told || step.follows_unseen_validation() {
            continue;
        }
        found.push((step, report(&step, column)));
    }
    gather(found)
}

fn report(step: &PendingStep, column: &str) -> Diagnostic {
    let table = step.table();
    let name = step.sql_name(column);
    let constraint =
        step.sql_name(&format!("{}_{column}_not_null", step.before().map(|one| one.name.name.as_str()).unwrap_or("t")));
    let message = format!("`SET NOT NULL` on `{table}.{name}` reads the whole table while nobody can use it");
    let mut diagnostic = Diagnostic::new(step.subject(Some(column)), message)
        .at(step.step.op.span, "ACCESS EXCLUSIVE until every row has been checked")
        .help(format!(
            "prove it first, without blocking anybody:\nALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({name} IS NOT NULL) NOT VALID;\n-- in the next migration:\nALTER TABLE {table} VALIDATE CONSTRAINT {constraint};\n-- in the one after it, which then reads nothing:\nALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL;\nALTER TABLE {table} DROP CONSTRAINT {constraint};"
        ));
    if let Some(held) = step.column() {
        diagnostic = diagnostic.context(held.span, "the column as it was created");
    }
    if let Some(check) = step.before().and_then(|before| before.proven_not_null) {
        let why = step.step.effects.because().unwrap_or("this CHECK proves it, but only PostgreSQL 12 and later look at it");
        diagnostic = diagnostic.context(check, why);
    }
    if step.is_external() {
        let why = "the table is not created here: a CHECK that proves it would not be seen";
        diagnostic = unsure(diagnostic, Severity::Warning, Confidence::Medium, why);
    } else if step.step.effects.scans.is_none() {
        let why = "not everything that was done to the table was understood";
        diagnostic = unsure(diagnostic, Severity::Info, Confidence::Low, why);
    }
    careful(step, step.audience(), diagnostic)
}
