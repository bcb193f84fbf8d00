//! A pending migration begins or ends a transaction inside the one that its tool opens.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::MigrationRef;
use crate::rules::pending::unsure;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/transaction-nesting", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_migrations() {
        context.consider();
        if migration.wrapped == Some(true) {
            found.extend(report(context, &migration));
        }
    }
    found
}

fn report(context: &Context, migration: &MigrationRef) -> Option<Diagnostic> {
    let words = migration.own_transaction_words();
    let first = words.first()?;
    let written = context.sources.text(*first).split_whitespace().next().unwrap_or("BEGIN").to_uppercase();
    let fails = migration.is_sqlite() && written == "BEGIN";
    let (message, label) = match fails {
        true => {
            (format!("`{written}` fails: the migration runs in a transaction"), "SQLite refuses a transaction in a transaction")
        }
        false => (
            format!("`{written}` ends the transaction that the tool has opened around the migration"),
            "from here on nothing is undone when a statement fails, and the tool's own record is apart",
        ),
    };
    let message = match written.as_str() {
        "BEGIN" | "START" if !fails => {
            "`BEGIN` opens no transaction inside that of the tool, and its `COMMIT` ends the tool's".to_owned()
        }
        _ => message,
    };
    let mut diagnostic = Diagnostic::new(migration.path.clone(), message)
        .at(*first, label)
        .help("take BEGIN and COMMIT away: the tool has both around the file")
        .evidence(written);
    diagnostic.because.push(migration.transaction.clone());
    for span in &words[1..] {
        diagnostic = diagnostic.occurrence(*span, context.sources.text(*span));
    }
    if !fails {
        diagnostic = diagnostic.at_most(Severity::Warning, "the statements themselves run");
    }
    if migration.name_says_no_transaction() {
        let why = "the file name says that it runs outside of a transaction: the project may have a runner of its own";
        diagnostic = unsure(diagnostic, Severity::Info, Confidence::Low, why);
    }
    Some(diagnostic)
}
