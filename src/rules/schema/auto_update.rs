//! An application that changes its tables by itself, beside SQL that is to govern them.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("schema/auto-update", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for update in context.head.runtime.schema_updates() {
        context.consider();
        let Some((source, place)) = context.head.schema_beside(&update.root).filter(|_| update.changes()) else { continue };
        let what = match update.mode.as_str() {
            "drop" => "drops its tables at every start",
            _ if update.drops() => "makes its tables anew at every start",
            _ => "changes its tables at every start",
        };
        // What stands before `schema-generation` names the framework and the specification.
        let key = update.key.rsplit_once("persistence.").map_or(update.key.as_str(), |(_, key)| key);
        let mut diagnostic = Diagnostic::new(update.subject.clone(), format!("`{key}={}` {what}", update.mode))
            .at(update.span, "what it does to the tables is in no migration, and nobody reviews it")
            .help(format!("{}={}", update.key, update.remedy))
            .join(format!("`{source}` states the tables of the same application"))
            .evidence(update.mode.clone());
        if let Some(place) = place {
            diagnostic = diagnostic.context(place, "the SQL that governs the same tables");
        }
        if update.is_embedded {
            diagnostic = diagnostic.at_most(Severity::Info, "its database lives in memory or in the process");
        } else if update.is_script {
            diagnostic = diagnostic.at_most(Severity::Info, "it writes the statements into a file");
        } else if update.is_overruled {
            diagnostic = diagnostic.at_most(Severity::Info, "the production profile says otherwise");
        } else if !update.drops() || !update.is_in_force {
            diagnostic = diagnostic.at_most(Severity::Warning, "variables of the deployment may say otherwise");
        }
        found.push(rehearsal::lowered(diagnostic, update.use_for));
    }
    found
}
