//! Pending migrations of MySQL wait for metadata locks for a year, and everybody waits behind them.

use crate::diagnostic::Diagnostic;
use crate::model::schema::PendingStep;
use crate::rules::pending::{careful, unlimited_in_mysql};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/mysql-missing-lock-wait-timeout", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let found = unlimited_in_mysql(context, "lock_wait_timeout");
    found.iter().filter_map(|steps| report(steps)).collect()
}

fn report(steps: &[PendingStep]) -> Option<Diagnostic> {
    let first = steps.first()?;
    let message = match steps.len() {
        1 => format!("`{}` waits for the metadata lock without a limit of its own", first.file().file_name()),
        count => format!("{count} pending migrations wait for metadata locks without a `lock_wait_timeout`"),
    };
    let mut diagnostic = Diagnostic::new(format!("{} lock_wait_timeout", first.database_source()), message)
        .at(first.statement.head, "behind one open transaction it waits, and every new query on the table waits behind it")
        .help("at the start of the migration:\nSET SESSION lock_wait_timeout = 5;")
        .standing_for_all();
    for step in &steps[1..] {
        diagnostic = diagnostic.occurrence(step.statement.head, step.file().file_name());
    }
    Some(careful(first, first.audience(), diagnostic))
}
