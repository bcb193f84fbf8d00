//! A pending migration validates a constraint in the transaction that adds it, so that NOT VALID has won nothing.

use crate::diagnostic::Diagnostic;
use crate::model::schema::{ConstraintKind, PendingStep};
use crate::rules::pending::{gather, on_live_table};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/validate-in-same-transaction", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some(name) = step.validated_constraint() else { continue };
        context.consider();
        let Some((def, added)) = step.added_in_same_transaction().filter(|_| step.is_felt()) else { continue };
        let (table, written) = (step.table(), step.sql_name(name));
        let (who, lock) = match def.kind {
            ConstraintKind::ForeignKey { .. } => ("nobody can write to it", "SHARE ROW EXCLUSIVE"),
            _ => ("nobody can use it", "ACCESS EXCLUSIVE"),
        };
        let message = format!("validating `{written}` in the transaction that adds it reads `{table}` while {who}");
        let mut diagnostic = Diagnostic::new(step.subject(Some(name)), message)
            .at(step.step.op.span, "reads every row under the lock that the transaction holds already")
            .cause(added.step.op.span, format!("added here: {lock} from here to the commit"))
            .help(format!(
                "validate it in the next migration, in a transaction of its own:\nALTER TABLE {table} VALIDATE CONSTRAINT {written};"
            ));
        diagnostic.because.extend(step.transaction_note());
        found.push((step, on_live_table(&step, diagnostic)));
    }
    gather(found)
}
