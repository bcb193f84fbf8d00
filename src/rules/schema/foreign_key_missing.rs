//! A column that is named after a table, in a database where the others of that kind have a foreign key.

use crate::diagnostic::Diagnostic;
use crate::model::schema::{NamedReference, TypeFit};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("schema/foreign-key-missing", check);

/// So many columns of a database have to have one, and so many for each that has none, before having none is a departure.
const FEWEST: usize = 3;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut databases: BTreeMap<usize, Vec<NamedReference>> = BTreeMap::new();
    for named in context.head.schema.named_references() {
        context.consider();
        let fits = matches!(named.column.type_fit(&named.key), Some(TypeFit::Same | TypeFit::Narrower | TypeFit::Wider));
        if fits || named.declared {
            databases.entry(named.column.table().database_number()).or_default().push(named);
        }
    }
    let mut found: BTreeMap<(usize, String, String), Diagnostic> = BTreeMap::new();
    for all in databases.values() {
        let declared = all.iter().filter(|one| one.declared).count();
        if declared < FEWEST || declared < FEWEST * (all.len() - declared) {
            continue;
        }
        for named in all.iter().filter(|one| !one.declared) {
            let diagnostic = match found.remove(&named.column.logical()) {
                Some(held) => held.occurrence(named.column.name_span, named.column.subject()),
                None => report(named, declared),
            };
            found.insert(named.column.logical(), diagnostic);
        }
    }
    found.into_values().collect()
}

fn report(named: &NamedReference, declared: usize) -> Diagnostic {
    let (column, parent) = (named.column, named.key.table());
    let message = format!("`{}` refers to `{}` by name, and has no foreign key", column.short_name(), parent.short_name());
    let (table, name) = (column.table(), column.sql_name());
    let statement = format!(
        "ALTER TABLE {} ADD FOREIGN KEY ({name}) REFERENCES {} ({}){};",
        table.sql_name(),
        parent.sql_name(),
        named.key.sql_name(),
        if column.is_postgres() { " NOT VALID" } else { "" }
    );
    Diagnostic::new(column.subject(), message)
        .at(column.name_span, format!("{declared} other columns of this kind have one: rows here may refer to nothing"))
        .context(parent.name_span, "the table that it is named after")
        .help(table.in_place(&statement))
}
