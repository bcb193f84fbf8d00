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
            let diagnostic = Diagnostic::new(key.short_name(), message)
                .at(key.span, "nothing compares whose the two rows are")
                .cause(tenant.span, "says whose row it is")
                .cause(theirs.span, "and here")
                .evidence(own.join(","));
            found.push(match key.widen_help(&tenant, &theirs) {
                Some(help) => diagnostic.help(help),
                None => diagnostic
                    .help("make both tables anew, with the tenant in the key and a unique index over the same columns there"),
            });
        }
    }
    found
}
