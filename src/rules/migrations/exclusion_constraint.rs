//! A pending migration adds an exclusion constraint, and nobody can use the table while its index is built.

use crate::diagnostic::Diagnostic;
use crate::model::schema::{ConstraintKind, PendingStep};
use crate::rules::pending::{gather, on_live_table};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/exclusion-constraint", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        for new in step.new_constraints().into_iter().filter(|new| matches!(new.def.kind, ConstraintKind::Exclusion)) {
            context.consider();
            if !step.is_felt() {
                continue;
            }
            let (table, name) = (step.table(), new.name(&step));
            let message = format!("adding exclusion `{}` builds its index while nobody can use `{table}`", step.sql_name(&name));
            let diagnostic = Diagnostic::new(step.subject(Some(&name)), message)
                .at(new.def.span, "ACCESS EXCLUSIVE until the index is built, and there is neither NOT VALID nor USING INDEX for it")
                .help(format!(
                    "there is no way around the lock: run it in a quiet hour with a lock_timeout, or create a new table with the constraint, copy the rows in batches, and rename it to `{table}`"
                ));
            found.push((step, on_live_table(&step, diagnostic)));
        }
    }
    gather(found)
}
