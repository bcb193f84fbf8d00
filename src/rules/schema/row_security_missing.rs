//! A table of several customers whose rows the server gives to everybody.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/row-security-missing", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut open = Vec::new();
    for table in context.head.schema.tables() {
        let Some((tenant, is_secured)) = table.tenant_column().zip(table.has_row_security()) else { continue };
        context.consider();
        if !is_secured {
            open.push((table, tenant));
        }
    }
    // Where no table has it, that is one decision, and one finding for each database.
    for (table, tenant) in open {
        let source = &table.database().source;
        let statement = format!("ALTER TABLE {} ENABLE ROW LEVEL SECURITY;", table.sql_name());
        let subject = format!("{source} row security");
        if let Some(known) = found.iter_mut().find(|known| known.subject == subject) {
            *known = known.clone().occurrence(table.name_span, table.subject());
            continue;
        }
        let condition = format!("{} = current_setting('app.tenant')::{}", tenant.sql_name(), tenant.type_text());
        found.push(
            Diagnostic::new(
                &subject,
                format!("the server gives the rows of every tenant in `{}` to whoever asks", table.short_name()),
            )
            .at(table.name_span, "row security is not enabled")
            .cause(tenant.span, "says whose row it is")
            .help(table.in_place(&format!("{statement} CREATE POLICY tenant ON {} USING ({condition});", table.sql_name())))
            .evidence("row security"),
        );
    }
    found
}
