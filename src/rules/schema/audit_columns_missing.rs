//! Rows of which nobody can tell when they were made or changed, nor by whom.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/audit-columns-missing", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut seen = Vec::new();
    for table in context.head.schema.tables() {
        let Some(is_told) = table.tells_when_rows_change() else { continue };
        context.consider();
        if is_told || seen.contains(&table.logical()) {
            continue;
        }
        seen.push(table.logical());
        let source = &table.database().source;
        let subject = format!("{source} audit columns");
        if let Some(known) = found.iter_mut().find(|known| known.subject == subject) {
            *known = known.clone().occurrence(table.name_span, table.subject());
            continue;
        }
        let message = format!("nothing in `{}` says when a row was made or changed", table.short_name());
        found.push(
            Diagnostic::new(&subject, message)
                .at(table.name_span, "who asks what happened to a row is told nothing")
                .help(table.audit_help(context.sources))
                .evidence("audit columns"),
        );
    }
    found
}
