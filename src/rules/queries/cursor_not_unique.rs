//! Pages that are cut by a key which several rows share.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::queries::ScopeRef;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("queries/cursor-not-unique", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for query in context.head.application_queries().filter(|query| query.is_clear()) {
        for scope in query.scopes().filter(ScopeRef::is_paged) {
            let Some(pages) = scope.pages() else { continue };
            context.consider();
            if !pages.ties() {
                continue;
            }
            let (column, table) = (&pages.last, pages.table.short_name());
            let message = format!("pages of `{table}` are cut by `{}`, which several rows can share", pages.names());
            let Some(span) = scope.scope().order_span else { continue };
            let mut diagnostic = Diagnostic::new(query.subject(), message)
                .at(span, "rows that are equal here come in any order, so a page can lose or repeat them")
                .context(column.span, format!("no unique index of `{table}` lies within the keys"))
                .help(format!("add a unique key: `ORDER BY {}`", pages.unique_order()))
                .evidence(pages.keys_text());
            match pages.cursor {
                Some(cursor) => diagnostic = diagnostic.cause(cursor, "the next page begins after this"),
                None => diagnostic = diagnostic.at_most(Severity::Info, "pages are counted by OFFSET, which shifts anyway"),
            }
            found.push(diagnostic);
        }
    }
    found
}
