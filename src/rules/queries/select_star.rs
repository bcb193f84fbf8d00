//! A query that asks for whatever columns there are.

use crate::diagnostic::Diagnostic;
use crate::model::queries::{Item, ItemKind, Role, Verb};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("queries/select-star", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    // A folder in which it is the habit is one thing to mend: some have one file for each query.
    let mut found: Vec<(String, Diagnostic)> = Vec::new();
    for query in context.head.application_queries() {
        let results = query
            .scopes()
            .filter(|scope| scope.scope().verb == Verb::Select && matches!(scope.scope().role, Role::Main | Role::Branch));
        for scope in results {
            context.consider();
            let is_star = |item: &&Item| matches!(item.what, ItemKind::Star(_));
            let Some(star) = scope.scope().items.iter().find(is_star) else { continue };
            let Some(table) = (0..scope.scope().tables.len()).find_map(|number| scope.table(number)) else { continue };
            let folder = query.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            match found.iter_mut().find(|(known, _)| known == folder) {
                Some((_, known)) => *known = known.clone().occurrence(star.span, query.subject()),
                None => {
                    let message = format!("`{}` asks for every column of `{}`", query.subject(), table.short_name());
                    let columns: Vec<String> = table.columns().map(|column| column.sql_name()).collect();
                    let diagnostic = Diagnostic::new(query.subject(), message)
                        .at(star.span, "a column that is added, dropped or made large changes what the caller gets")
                        .context(table.name_span, format!("it has {} columns", table.columns.len()))
                        .help(format!("name those that are needed: {}", columns.join(", ")))
                        .evidence("select *");
                    found.push((folder.to_owned(), diagnostic));
                }
            }
        }
    }
    found.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}
