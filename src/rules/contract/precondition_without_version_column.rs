//! Operations that take `If-Match` over a table that keeps no version of its rows.

use crate::diagnostic::Diagnostic;
use crate::model::api::Method;
use crate::rules::joined::by_operation;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("contract/precondition-without-version-column", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for one in context.head.operation_tables() {
        let writes = matches!(one.operation.method(), Method::Put | Method::Patch | Method::Delete);
        let Some(parameter) = one.operation.entity_tag_parameter().filter(|_| writes) else { continue };
        context.consider();
        if !matches!(one.version_column(), Some(None)) {
            continue;
        }
        let (subject, table) = (one.operation.subject(), one.table());
        let same = |known: &&mut Diagnostic| known.causes.iter().any(|cause| cause.span == table.name_span);
        if let Some(known) = found.iter_mut().find(same) {
            *known = known.clone().occurrence(one.operation.span(), subject);
            continue;
        }
        let name = parameter.name();
        let message =
            format!("`{subject}` takes `{name}`, but no column of `{}` tells one state from the next", table.short_name());
        let diagnostic = Diagnostic::new(&subject, message)
            .at(parameter.span(), "two clients can both be told that nothing has changed")
            .cause(table.name_span, "no version, time of change or hash among its columns")
            .help(table.in_place(&format!("ALTER TABLE {} ADD COLUMN version integer NOT NULL DEFAULT 1;", table.sql_name())))
            .evidence("no version");
        found.push(by_operation(diagnostic, &one));
    }
    found
}
