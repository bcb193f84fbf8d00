//! An index that sorts by something else before it separates the tenants.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/tenant-column-not-leading", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for table in context.head.schema.tables().filter(|table| !table.is_derived()) {
        let Some(tenant) = table.tenant_column() else { continue };
        context.consider();
        for index in table.tenant_behind() {
            let keys: Vec<String> = index.columns().unwrap_or_default().into_iter().map(str::to_owned).collect();
            let message = format!(
                "{} of `{}` has the tenant behind `{}`",
                index.described(),
                table.short_name(),
                keys.first().map_or("", String::as_str)
            );
            if keys.is_empty() || found.iter().any(|known| known.message == message) {
                continue;
            }
            let mut better = vec![tenant.name.to_string()];
            better.extend(keys.iter().filter(|name| **name != *tenant.name).cloned());
            found.push(
                Diagnostic::new(index.subject(), message)
                    .at(index.span, "a list of one tenant's rows reads through those of all")
                    .cause(tenant.span, "every request narrows the rows by this")
                    .help(table.create_indexes_help(&[better]))
                    .evidence(keys.join(",")),
            );
        }
    }
    found
}
