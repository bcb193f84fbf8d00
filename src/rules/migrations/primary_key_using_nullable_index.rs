//! A pending migration makes an index the primary key whose columns may hold NULL, so that every row is read after all.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::{ConstraintKind, PendingStep};
use crate::rules::pending::{gather, on_live_table, unsure};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/primary-key-using-nullable-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        for new in step.new_constraints() {
            let Some(index) = new.using_index() else { continue };
            if !matches!(new.def.kind, ConstraintKind::PrimaryKey { .. }) {
                continue;
            }
            context.consider();
            if step.is_felt() && step.scans() != Some(false) {
                found.push((step, report(&step, index)));
            }
        }
    }
    gather(found)
}

fn report(step: &PendingStep, index: &str) -> Diagnostic {
    let (table, name) = (step.table(), step.sql_name(index));
    let is_known = step.scans().is_some();
    let reads = if is_known { "reads" } else { "may read" };
    let message = format!("making `{name}` the primary key {reads} all of `{table}`: a column of it may hold NULL");
    let diagnostic = Diagnostic::new(step.subject(Some(index)), message)
        .at(step.step.op.span, "sets the columns NOT NULL first: ACCESS EXCLUSIVE until every row has been checked")
        .help("make every column of the index NOT NULL before, by a CHECK that is added NOT VALID and validated in another migration");
    let diagnostic = match is_known {
        true => diagnostic,
        false => unsure(diagnostic, Severity::Info, Confidence::Low, "the columns of the index are not known"),
    };
    on_live_table(step, diagnostic)
}
