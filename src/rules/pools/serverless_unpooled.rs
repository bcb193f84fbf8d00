//! A function of which as many run as there are requests, each with a connection of its own to the database.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("pools/serverless-unpooled", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for function in context.head.runtime.functions() {
        context.consider();
        let Some(database) = function.databases.first() else { continue };
        if !function.concurrency.known_absent() || !function.scales_with_load() {
            continue;
        }
        let message = format!("each running copy of `{}` holds its own connection to `{}`", function.name, database.database);
        let mut diagnostic = Diagnostic::new(function.subject(), message)
            .at(database.span, "the server itself, without a proxy between")
            .context(database.database_span, "it allows so many connections, and then refuses all")
            .help(function.concurrency_setting(20))
            .evidence(database.variable.clone());
        if let Some(trigger) = function.triggers.first() {
            diagnostic = diagnostic.context(trigger.span, "as many run as there is work");
        }
        if function.profile.is_rehearsal() {
            diagnostic = diagnostic.at_most(Severity::Info, format!("its profile is {}", function.profile.name()));
        }
        found.push(diagnostic);
    }
    found
}
