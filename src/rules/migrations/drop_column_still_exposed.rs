//! A pending migration drops a column that is still a field of the API.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::quoted;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/drop-column-still-exposed", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let drops = context.head.schema.pending_drops();
    let fields = if drops.is_empty() { Vec::new() } else { context.head.property_columns() };
    for (table, dropped, _) in drops {
        context.consider();
        let subject = format!("{}.{}", table.subject(), dropped.column.name);
        let exposing: Vec<_> =
            fields.iter().filter(|field| field.dropped.iter().any(|(_, gone, _)| gone.span == dropped.span)).collect();
        let Some(first) = exposing.first() else { continue };
        let message = format!(
            "column `{}.{}` is dropped, but `{}` still promises it",
            table.short_name(),
            dropped.column.name,
            first.subject()
        );
        let mut diagnostic = Diagnostic::new(subject, message)
            .at(dropped.span, "dropped here")
            .help(format!(
                "deprecate and remove `{}` from the API first, release, and drop the column in a later release:\nALTER TABLE {} DROP COLUMN {};",
                first.path(),
                table.sql_name(),
                quoted(table.dialect(), &dropped.column.name)
            ))
            .join(&first.why)
            .joined_at(first.confidence);
        for field in &exposing {
            let what = if field.property.required { "a required field of the API" } else { "a field of the API" };
            diagnostic = diagnostic.cause(field.property.span, what);
        }
        if !exposing.iter().any(|field| field.property.required) {
            diagnostic = diagnostic.at_most(Severity::Warning, "the field is optional: clients were told that it may be missing");
        }
        found.push(diagnostic);
    }
    found
}
