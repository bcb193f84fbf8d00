//! A field of a common name with another type than everywhere.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// A field of a common name with another type than everywhere.
pub(super) const RULE: Rule = rule!("schemas/uncommon-field-type", check);

/// Names that mean the same in every API: the type, and the format where one is usual.
const COMMON: [(&str, &str, Option<&str>); 7] = [
    ("id", "string", None),
    ("type", "string", None),
    ("created", "string", Some("date-time")),
    ("created_at", "string", Some("date-time")),
    ("modified", "string", Some("date-time")),
    ("modified_at", "string", Some("date-time")),
    ("updated_at", "string", Some("date-time")),
];

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for part in context.head.api.schemas() {
        for property in part.schema().own_properties() {
            let Some((name, wanted, format)) = COMMON.iter().find(|one| one.0 == property.name) else { continue };
            let schema = property.schema.core();
            let types = schema.types();
            if types.is_empty() || !schema.is_known() {
                continue;
            }
            context.consider();
            if types.contains(wanted) && (format.is_none() || schema.format() == *format) {
                continue;
            }
            let usual = format.map_or((*wanted).to_owned(), |format| format!("{wanted} of format {format}"));
            let message = format!("`{name}` of `{}` is {}, and {usual} by custom", part.name(), types.join(" or "));
            let help = format.map_or(format!("type: {wanted}"), |format| format!("type: {wanted}\nformat: {format}"));
            let subject = format!("{} {name}", part.subject());
            found.push(Diagnostic::new(subject, message).at(property.span, "not what clients expect").help(help));
        }
    }
    found
}
