//! A foreign key by which a row of one customer may refer to a row of another.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/tenant-foreign-key-crosses", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for table in context.head.schema.tables().filter(|table| !table.is_derived()) {
        let Some(tenant) = table.tenant_column() else { continue };
        context.consider();
        for (key, theirs) in table.crossing_keys() {
            let message = format!("`{}` may refer to a `{}` of another tenant", key.short_name(), key.parent_name());
            if found.iter().any(|known| known.message == message) {
                continue;
            }
            let own: Vec<&str> = key.columns.iter().map(|column| column.as_str()).collect();
            let there: Vec<&str> = key.referenced_columns.iter().map(|column| column.as_str()).collect();
            found.push(
                Diagnostic::new(key.short_name(), message)
                    .at(key.span, "nothing compares whose the two rows are")
                    .cause(tenant.span, "says whose row it is")
                    .cause(theirs.span, "and here")
                    .help(format!(
                        "FOREIGN KEY ({}, {}) REFERENCES {} ({}, {})",
                        tenant.name,
                        own.join(", "),
                        key.parent_name(),
                        theirs.name,
                        there.join(", ")
                    ))
                    .evidence(own.join(",")),
            );
        }
    }
    found
}
