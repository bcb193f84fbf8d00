//! A foreign key from a table of one module to a table of another.

use crate::diagnostic::Diagnostic;
use crate::model::schema::ForeignKeyRef;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/foreign-key-crosses-modules", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for table in context.head.schema.tables().filter(|table| !table.is_derived()) {
        for key in table.foreign_keys() {
            context.consider();
            let Some((own, other)) = key.modules_that_it_joins() else { continue };
            let diagnostic = report(&key, own, other);
            // Twins for other dialects are one thing to fix.
            if !found.iter().any(|known| known.message == diagnostic.message) {
                found.push(diagnostic);
            }
        }
    }
    found
}

fn report(key: &ForeignKeyRef, own: &str, other: &str) -> Diagnostic {
    let message = format!("`{}` refers to `{}`, a table of another module", key.short_name(), key.parent_name());
    let mut diagnostic = Diagnostic::new(key.short_name(), message)
        .at(key.span, format!("`{own}` can neither be deployed nor cut out without `{other}`"))
        .evidence(format!("{own} {other}"))
        .help(match key.drop_help() {
            Some(statement) => format!("keep the id without the key, and ask `{other}` for the row:\n{statement}"),
            None => format!("keep the id without the key, and ask `{other}` for the row"),
        });
    if let Some(parent) = key.parent() {
        diagnostic = diagnostic.cause(parent.name_span, format!("a table of `{other}`"));
    }
    diagnostic
}
