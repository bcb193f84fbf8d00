//! A function that pastes its parameter into SQL.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("queries/dynamic-sql-concat", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for dynamic in &context.head.queries.dynamic {
        context.consider();
        let Some(((name, span), others)) = dynamic.what.pasted.split_first() else { continue };
        let routine = &dynamic.routine.value;
        let message = format!("function `{routine}` pastes its parameter `{name}` into the SQL that it runs");
        let mut diagnostic = Diagnostic::new(format!("function {routine}"), message)
            .at(*span, "a caller who chooses it can run SQL of their own")
            .context(dynamic.routine.span, "the function")
            .help(format!("EXECUTE format('.. %I ..', {name}) for a name, %L or USING for a value"))
            .evidence(name.clone());
        for (name, span) in others {
            diagnostic = diagnostic.occurrence(*span, format!("function {routine} {name}"));
        }
        found.push(diagnostic);
    }
    found
}
