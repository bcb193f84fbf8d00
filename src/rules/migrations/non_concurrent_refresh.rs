//! A pending migration fills a materialized view anew, and nobody can read it meanwhile.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather_by};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/non-concurrent-refresh", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some((name, is_concurrent)) = step.refreshed_view() else { continue };
        context.consider();
        let audience = step.audience_of(&name);
        // `WITH NO DATA` is meant to make the view unreadable.
        let empties = context.sources.text(step.statement.span).to_ascii_uppercase().contains("NO DATA");
        if is_concurrent || audience == Audience::Nobody || empties {
            continue;
        }
        let view = step.spoken(&name);
        let refresh = format!("REFRESH MATERIALIZED VIEW CONCURRENTLY {view};");
        let has_key = step.has_unique_index(&name.name);
        let help = match has_key {
            true => refresh,
            false => format!(
                "give it a unique index over columns that tell its rows apart, once, and refresh it by that:\nCREATE UNIQUE INDEX ON {view} (..);\n{refresh}"
            ),
        };
        let mut diagnostic = Diagnostic::new(name.to_string(), format!("nobody can read `{view}` while it is refreshed"))
            .at(step.statement.head, "without CONCURRENTLY: ACCESS EXCLUSIVE until its query has run")
            .help(help);
        if !has_key {
            diagnostic = diagnostic.at_most(Severity::Info, "no unique index of the view was seen, which CONCURRENTLY needs");
        }
        found.push((step, view, careful(&step, audience, diagnostic)));
    }
    gather_by(found)
}
