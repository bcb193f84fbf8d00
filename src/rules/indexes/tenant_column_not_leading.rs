//! An index that sorts by something else before it separates the tenants.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/tenant-column-not-leading", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for table in context.head.schema.tables().filter(|table| !table.is_derived()) {
        let Some(tenant) = table.tenant_column() else { continue };
        context.consider();
        for behind in table.tenant_behind() {
            let (index, keys) = (behind.index, behind.index.columns().unwrap_or_default());
            let first = keys.first().copied().unwrap_or_default();
            let message = format!("{} of `{}` has the tenant behind `{first}`", index.described(), table.short_name());
            if found.iter().any(|known| known.message == message) {
                continue;
            }
            found.push(
                Diagnostic::new(index.subject(), message)
                    .at(index.span, "a list of one tenant's rows reads through those of all")
                    .cause(tenant.span, "every request narrows the rows by this")
                    .evidence(keys.join(","))
                    .help(table.create_indexes_help(&[behind.better])),
            );
        }
    }
    found
}
