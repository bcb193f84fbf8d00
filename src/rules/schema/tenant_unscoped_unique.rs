//! A unique index that keeps one customer from a value that another one has.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/tenant-unscoped-unique", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for table in context.head.schema.tables().filter(|table| !table.is_derived()) {
        let Some(tenant) = table.tenant_column() else { continue };
        context.consider();
        for index in table.unscoped_uniques() {
            let keys = index.keys_text();
            let message = format!("{} of `{}` holds for all tenants together", index.described(), table.short_name());
            // Twins for other dialects are one thing to fix.
            if found.iter().any(|known| known.message == message) {
                continue;
            }
            let columns = format!("({}, {}", tenant.sql_name(), keys.trim_start_matches('('));
            found.push(
                Diagnostic::new(index.subject(), message)
                    .at(index.span, "a value that one customer has is refused to every other, who learns that it exists")
                    .cause(tenant.span, "says whose row it is")
                    .help(table.create_index_of(true, &format!("{}_{}", tenant.name, index.label()), &columns))
                    .evidence(keys),
            );
        }
    }
    found
}
