//! A pending migration drops a foreign key, or a table that has one, and locks the table that it refers to as well.

use crate::diagnostic::Diagnostic;
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather_by};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/drop-locks-referenced-table", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some((what, others)) = step.locked_by_drop() else { continue };
        context.consider();
        let Some(first) = others.first().filter(|_| step.step.effects.fails().is_none()) else { continue };
        let names: Vec<String> = others.iter().map(|name| format!("`{}`", step.spoken(name))).collect();
        let diagnostic = Diagnostic::new(
            first.to_string(),
            format!("dropping `{what}` also locks out readers and writers of {}", listed(&names)),
        )
        .at(step.step.op.span, "takes ACCESS EXCLUSIVE on the table that the foreign key refers to, until the commit")
        .help("drop one foreign key a transaction, and let it give up soon:\nSET LOCAL lock_timeout = '2s';");
        found.push((step, String::new(), careful(&step, Audience::Everybody, diagnostic)));
    }
    gather_by(found)
}

/// The first names, and how many more there are.
fn listed(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
        [] => String::new(),
    }
}
