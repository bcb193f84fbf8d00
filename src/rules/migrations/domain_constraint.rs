//! A pending migration puts a constraint on a domain, and every table that has the domain takes no writes meanwhile.

use crate::diagnostic::Diagnostic;
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather_by, on_one_line};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/domain-constraint", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some(domain) = step.constrained_domain() else { continue };
        context.consider();
        let tables: Vec<String> = step
            .scanned_tables()
            .iter()
            .filter(|name| step.audience_of(name) == Audience::Everybody)
            .map(|name| format!("`{}`", step.spoken(name)))
            .collect();
        let Some(first) = tables.first() else { continue };
        let which = if tables.len() == 1 { first.clone() } else { format!("{first} and {} more", tables.len() - 1) };
        let text = on_one_line(context.sources.text(step.statement.span));
        let help = match text.to_ascii_uppercase().contains(" SET NOT NULL") {
            true => "leave the domain, and demand NOT NULL of the columns that need it, one table at a time".to_owned(),
            false => format!(
                "check new values first, and the old ones later:\n{text} NOT VALID;\n-- in the next migration:\nALTER DOMAIN {domain} VALIDATE CONSTRAINT {};",
                constraint(&text)
            ),
        };
        let diagnostic =
            Diagnostic::new(domain.clone(), format!("a constraint on domain `{domain}` reads {which} while nobody can write"))
                .at(step.statement.head, "SHARE lock on every table with the domain until all their rows have been checked")
                .help(help);
        found.push((step, domain, careful(&step, Audience::Everybody, diagnostic)));
    }
    gather_by(found)
}

/// The name of the constraint that a statement adds, as it is written.
fn constraint(text: &str) -> &str {
    let mut words = text.split(' ').skip_while(|word| !word.eq_ignore_ascii_case("CONSTRAINT")).skip(1);
    words.next().unwrap_or("..")
}
