//! A pending migration does something slow while an earlier statement of its transaction keeps a table locked against everybody.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::pending::{Follower, PendingTransaction};
use crate::rules::pending::careful;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/statement-after-access-exclusive", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for transaction in context.head.schema.pending_transactions() {
        context.consider();
        found.extend(report(context, &transaction));
    }
    found
}

fn report(context: &Context, transaction: &PendingTransaction) -> Option<Diagnostic> {
    let followers = transaction.followers(context.sources);
    // What no other rule asks to move is said first.
    let first = followers.iter().find(|one| !one.is_change).or(followers.first())?;
    let table = first.lock.name_of(first.locked);
    let message = format!("nobody can use `{table}` until {} is done", words(context, first));
    let mut diagnostic = Diagnostic::new(first.locked.to_string(), message)
        .at(first.statement.head, "slow, and the transaction keeps its locks until it ends")
        .cause(first.lock.step.op.span, format!("ACCESS EXCLUSIVE on `{table}` from here on"))
        .help("move the slow statement to a migration of its own, so that the lock is released before it starts")
        .evidence(words(context, first));
    for other in followers.iter().filter(|other| other.statement.span != first.statement.span) {
        diagnostic = diagnostic.occurrence(other.statement.head, words(context, other));
    }
    if followers.iter().all(|one| one.is_change) {
        let why = "the slow change is judged by a rule of its own; made without a scan, it is no longer slow here";
        diagnostic = diagnostic.at_most(Severity::Info, why);
    }
    Some(careful(&first.lock, first.lock.audience(), diagnostic))
}

/// The verb and the object words of the slow statement.
fn words(context: &Context, follower: &Follower) -> String {
    let head = context.sources.text(follower.statement.head);
    format!("`{}`", head.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase())
}
