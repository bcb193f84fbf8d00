//! A pending migration holds a statement that the server refuses by its catalog alone, whatever the rows.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/statement-fails", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps() {
        context.consider();
        let Some(refusal) = step.refusal() else { continue };
        let mut diagnostic = Diagnostic::new(step.subject(None), format!("the statement fails: {}", refusal.why))
            .at(step.step.op.span, "the server refuses this, and the migration ends here")
            .help(refusal.remedy.clone())
            .evidence(&refusal.why);
        if let Some((span, what)) = refusal.against {
            diagnostic = diagnostic.cause(span, what);
        }
        found.push(diagnostic);
    }
    found
}
