//! Nothing ends a statement of the pending migrations that takes too long.

use crate::diagnostic::Diagnostic;
use crate::model::schema::{LockMode, PendingStep};
use crate::rules::pending::{careful, unlimited};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/missing-statement-timeout", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let found = unlimited(context, "statement_timeout", LockMode::ShareUpdateExclusive);
    found.iter().filter_map(|steps| report(steps)).collect()
}

fn report(steps: &[PendingStep]) -> Option<Diagnostic> {
    let first = steps.first()?;
    let message = match steps.len() {
        1 => format!("nothing ends a statement of `{}` that takes too long", first.file().file_name()),
        count => format!("{count} pending migrations run without a `statement_timeout`"),
    };
    let word = if first.is_in_transaction() { "SET LOCAL" } else { "SET" };
    let mut diagnostic = Diagnostic::new(format!("{} statement_timeout", first.database_source()), message)
        .at(first.statement.head, "keeps its lock for as long as it takes")
        .help(format!(
            "at the start of the migration, or once for the role that runs them:\n{word} statement_timeout = '30s';\n-- or: ALTER ROLE migrations SET statement_timeout = '30s';"
        ))
        .standing_for_all();
    for step in &steps[1..] {
        diagnostic = diagnostic.occurrence(step.statement.head, step.file().file_name());
    }
    Some(careful(first, first.audience(), diagnostic))
}
