//! A table that does not say whose its rows are while the others do.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/tenant-column-missing", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let schema = &context.head.schema;
    schema.tables().filter_map(|table| table.tenant_column()).for_each(|_| context.consider());
    let mut found: Vec<Diagnostic> = Vec::new();
    for one in schema.unowned_tables() {
        let (table, name) = (one.table, one.table.short_name());
        let tenant = one.example.sql_name();
        let message = format!("`{name}` does not say whose its rows are, as `{}` does", one.example.short_name());
        // Twins for other dialects are one thing to fix.
        if found.iter().any(|known| known.message == message) {
            continue;
        }
        let diagnostic = Diagnostic::new(table.subject(), message)
            .at(table.name_span, format!("no `{tenant}` here, and no key to a table that has one"))
            .cause(one.example.span, "says whose row it is")
            .help(format!("{tenant} {} NOT NULL", one.example.type_text()))
            .evidence(tenant);
        found.push(match context.head.reader_of(table) {
            Some(reader) => diagnostic.context(reader.span(), format!("read by `{}`", reader.subject())),
            None => diagnostic.at_most(Severity::Info, "no operation is known to read it"),
        });
    }
    found
}
