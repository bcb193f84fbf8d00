//! A pending migration collects strong locks on several tables in use in one transaction.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::{Audience, PendingTransaction};
use crate::rules::pending::careful;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/multiple-table-locks", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for transaction in context.head.schema.pending_transactions() {
        context.consider();
        found.extend(report(&transaction));
    }
    found
}

fn report(transaction: &PendingTransaction) -> Option<Diagnostic> {
    let tables = transaction.changed_tables();
    let (first, rest) = tables.split_first().filter(|(_, rest)| !rest.is_empty())?;
    let migration = transaction.migration();
    let names: Vec<String> = tables.iter().take(3).map(|(step, table)| format!("`{}`", step.name_of(table))).collect();
    let more = if tables.len() > 3 { format!(" and {} more", tables.len() - 3) } else { String::new() };
    let (last, _) = rest.last()?;
    let mut diagnostic = Diagnostic::new(migration.path.clone(), format!("one transaction locks {}{more}", names.join(", ")))
        .at(last.statement.head, "waits here with the locks that it has already")
        .help("change one table in each migration, so that no lock is held while the next is waited for");
    for (step, table) in std::iter::once(first).chain(rest.iter().take(rest.len() - 1)) {
        diagnostic = diagnostic.cause(step.statement.head, format!("`{}` is locked from here on", step.name_of(table)));
    }
    Some(careful(last, Audience::Everybody, diagnostic))
}
