//! A search for a text anywhere within a column.

use crate::diagnostic::Diagnostic;
use crate::model::queries::WildcardSearch;
use crate::model::schema::ColumnRef;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("indexes/leading-wildcard", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    // One table is one thing to mend, whatever the number of its columns that are searched.
    let mut tables: BTreeMap<(usize, String), Vec<WildcardSearch>> = BTreeMap::new();
    for access in context.head.application_queries().flat_map(|query| query.judged_accesses()) {
        if access.conditions.iter().any(|one| one.predicate.pattern.is_some()) {
            context.consider();
            tables.entry(access.table.logical()).or_default().extend(access.wildcard_searches());
        }
    }
    tables.into_values().filter_map(|all| finding(&all)).collect()
}

fn finding(all: &[WildcardSearch]) -> Option<Diagnostic> {
    let (first, others) = all.split_first()?;
    let name = first.column.short_name();
    let message = format!("`{}` looks for a text anywhere within `{name}`", first.query.subject());
    let mut diagnostic = Diagnostic::new(first.column.subject(), message)
        .at(first.span, "a pattern that begins with a wildcard reads every row; a plain index knows only beginnings")
        .context(first.column.span, "the column")
        .help(help(&first.column))
        .evidence(first.column.name.clone());
    for other in others {
        diagnostic = diagnostic.occurrence(other.span, other.query.subject());
    }
    Some(diagnostic)
}

fn help(column: &ColumnRef) -> String {
    let (table, name) = (column.table(), column.sql_name());
    match table.dialect().name() {
        "postgres" => {
            let index = table.create_index_of(false, &column.name, &format!("USING gin ({name} gin_trgm_ops)"));
            format!("{index}\nwith `CREATE EXTENSION IF NOT EXISTS pg_trgm;` in a migration before it")
        }
        "mysql" => table.in_place(&format!("ALTER TABLE {} ADD FULLTEXT INDEX ({name});", table.sql_name())),
        _ => "keep the text in an FTS5 table, and search it with MATCH".to_owned(),
    }
}
