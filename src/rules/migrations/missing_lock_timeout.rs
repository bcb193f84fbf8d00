//! Pending migrations wait for locks without a limit, and everybody waits behind them.

use crate::diagnostic::Diagnostic;
use crate::model::schema::{LockMode, PendingStep};
use crate::rules::pending::{careful, unlimited};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/missing-lock-timeout", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let found = unlimited(context, "lock_timeout", LockMode::Share);
    found.iter().filter_map(|steps| report(steps)).collect()
}

fn report(steps: &[PendingStep]) -> Option<Diagnostic> {
    let first = steps.first()?;
    let message = match steps.len() {
        1 => format!("`{}` waits for its locks without a limit", first.file().file_name()),
        count => format!("{count} pending migrations wait for locks without a `lock_timeout`"),
    };
    let word = if first.is_in_transaction() { "SET LOCAL" } else { "SET" };
    let mut diagnostic = Diagnostic::new(format!("{} lock_timeout", first.database_source()), message)
        .at(first.statement.head, "while it waits, every new query on the table waits behind it")
        .help(format!(
            "at the start of the migration, or once for the role that runs them:\n{word} lock_timeout = '2s';\n-- or: ALTER ROLE migrations SET lock_timeout = '2s';"
        ))
        .standing_for_all();
    for step in &steps[1..] {
        diagnostic = diagnostic.occurrence(step.statement.head, step.file().file_name());
    }
    Some(careful(first, first.audience(), diagnostic))
}
