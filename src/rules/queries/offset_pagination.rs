//! Pages that are counted from the start.

use crate::diagnostic::Diagnostic;
use crate::model::queries::{Role, ValueKind, Verb};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("queries/offset-pagination", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for query in context.head.application_queries() {
        for scope in query.scopes().filter(|scope| scope.scope().verb == Verb::Select && scope.scope().limit.is_some()) {
            context.consider();
            let held = scope.scope();
            let Some(offset) = held.offset.as_ref().filter(|offset| offset.value.kind == ValueKind::Parameter) else { continue };
            // A bound behind a bound is one list.
            if matches!(held.role, Role::Expression | Role::Exists) {
                continue;
            }
            let message = format!("`{}` counts its pages with OFFSET", query.subject());
            let mut diagnostic = Diagnostic::new(query.subject(), message)
                .at(offset.span, "all rows before the page are read and thrown away, and a new row shifts the next page")
                .help("remember the last key instead: `WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3`")
                .evidence("offset");
            if let Some(table) = (0..held.tables.len()).find_map(|number| scope.table(number)) {
                diagnostic = diagnostic.context(table.name_span, format!("the rows of `{}`", table.short_name()));
            }
            found.push(diagnostic);
            break;
        }
    }
    found
}
