//! A pending migration drops a whole database.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather_by};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/drop-database", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps() {
        context.consider();
        let Some(name) = step.dropped_database() else { continue };
        let diagnostic = Diagnostic::new(name.to_owned(), format!("`{name}` is dropped with everything in it"))
            .at(step.step.op.span, "a migration runs wherever the code is deployed, production included")
            .help("drop a database by hand, where somebody looks at its name and at the last backup first");
        found.push((step, name.to_owned(), careful(&step, Audience::Everybody, diagnostic)));
    }
    gather_by(found)
}
