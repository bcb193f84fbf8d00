//! A pending migration creates a table with a foreign key, and goes on with other tables while the one referred to is locked.

use crate::diagnostic::Diagnostic;
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather_by};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/create-table-locks-parent", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        for parent in step.parents_of_new_table() {
            context.consider();
            let audience = step.audience_of(parent);
            if audience != Audience::Everybody {
                continue;
            }
            let next = step.rest_of_transaction().into_iter().find(PendingStep::is_about_older_table);
            let Some(next) = next else { continue };
            let table = step.spoken(parent);
            let new = step.new_table().unwrap_or_else(|| step.table());
            let diagnostic = Diagnostic::new(
                parent.to_string(),
                format!("the foreign key of the new `{new}` keeps writes to `{table}` waiting until the commit"),
            )
            .at(step.statement.head, format!("SHARE ROW EXCLUSIVE on `{table}`, held while the rest of the migration runs"))
            .context(next.statement.head, "this runs under that lock")
            .help("move what follows into the next migration, or let it give up soon:\nSET LOCAL lock_timeout = '2s';");
            found.push((step, String::new(), careful(&step, audience, diagnostic)));
        }
    }
    gather_by(found)
}
