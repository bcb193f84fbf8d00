//! A comment that was meant for the migration tool and that it does not read.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::MigrationRef;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/ineffective-directive", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for migration in context.head.schema.pending_files() {
        context.consider();
        found.extend(report(&migration));
    }
    found
}

fn report(migration: &MigrationRef) -> Option<Diagnostic> {
    let ignored = migration.ignored.as_ref()?;
    let tool = migration.tool();
    let message = match ignored.turns_off {
        true => format!("`{}` still runs in a transaction: {tool} does not read the comment", migration.file_name()),
        false => format!("{tool} does not read a marker of `{}`", migration.file_name()),
    };
    let help = match migration.off_switch().filter(|_| ignored.turns_off) {
        Some(hint) => format!("write it as {tool} reads it: {hint}"),
        None => format!("write `{}` at the start of the line", ignored.remedy),
    };
    let mut diagnostic =
        Diagnostic::new(migration.path.clone(), message).at(ignored.span, ignored.why.clone()).help(help).evidence("ignored");
    let refused = if ignored.turns_off { migration.refused_in_transaction() } else { Vec::new() };
    for (words, span) in &refused {
        diagnostic = diagnostic.cause(*span, format!("{words} fails inside a transaction"));
    }
    if refused.is_empty() {
        let why = match ignored.turns_off {
            true => "nothing in it fails inside a transaction",
            false => "older versions of the tool take it for a comment",
        };
        diagnostic = diagnostic.at_most(Severity::Warning, why);
    }
    Some(diagnostic)
}
