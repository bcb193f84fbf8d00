//! A column that keeps idempotency keys, in which one key may stand twice.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("idempotency/key-storage-not-unique", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let storages = context.head.key_storages();
    storages.iter().for_each(|_| context.consider());
    let mut found: Vec<Diagnostic> = Vec::new();
    let keyed = context.head.keyed();
    let key = keyed.iter().flat_map(|(_, all)| all).next();
    // Where one table keeps each key once, the others note it for people to read.
    let kept_once = storages.iter().any(|one| one.is_unique);
    for one in storages.iter().filter(|_| !kept_once && key.is_some()) {
        let (column, table) = (one.column, one.column.table());
        let message = format!("`{}` keeps idempotency keys, and nothing keeps two rows from having one key", column.short_name());
        if found.iter().any(|known| known.message == message) {
            continue;
        }
        let mut diagnostic = Diagnostic::new(column.subject(), message)
            .at(column.span, "two requests at once both find no row, and both go on")
            .help(table.create_index_of(true, &column.name, &format!("({})", column.sql_name())))
            .evidence("not unique");
        if let Some((operation, key)) = key {
            diagnostic = diagnostic.context(key.parameter.span(), format!("`{}` takes the key", operation.subject()));
        }
        found.push(diagnostic);
    }
    found
}
