//! A table with more indexes than anybody can say the use of.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/too-many-indexes", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut seen: Vec<(usize, String)> = Vec::new();
    for table in context.head.schema.tables().filter(|table| !table.is_derived()) {
        context.consider();
        let count = table.indexes.len();
        if count <= context.head.index_budget(table, context.sources) || seen.contains(&table.logical()) {
            continue;
        }
        seen.push(table.logical());
        let message =
            format!("`{}` has {count} indexes, and every row that is written goes into all of them", table.short_name());
        let mut diagnostic = Diagnostic::new(table.subject(), message)
            .at(table.name_span, "each costs every INSERT, most UPDATEs, and memory")
            .help(match table.dialect().name() {
                "postgres" => {
                    "SELECT indexrelname, idx_scan FROM pg_stat_user_indexes ORDER BY idx_scan; -- drop what no query uses"
                }
                "mysql" => "SELECT * FROM sys.schema_unused_indexes; -- drop what no query uses",
                _ => "drop what no query uses",
            })
            .evidence("too many");
        if let Some(last) = table.indexes().last() {
            diagnostic = diagnostic.context(last.span, "the newest");
        }
        found.push(diagnostic);
    }
    found
}
