//! A list of rows that says nothing of those marked as deleted.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/soft-delete-unfiltered", check);

/// From so many queries on that leave the marked rows out, it is what the application means.
const CONVENTION: usize = 2;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for one in context.head.soft_deletes() {
        if one.filtered.len() < CONVENTION {
            continue;
        }
        context.consider();
        let (table, mark) = (one.table.short_name(), &one.column.name);
        // A mark that most queries ignore is no convention.
        let Some(((query, span), others)) = one.unfiltered.split_first().filter(|_| one.unfiltered.len() <= one.filtered.len())
        else {
            continue;
        };
        let message = format!("`{}` lists rows of `{table}` that `{mark}` marks as deleted", query.subject());
        let mut diagnostic = Diagnostic::new(query.subject(), message)
            .at(*span, format!("nothing leaves out what `{mark}` marks"))
            .context(one.column.span, format!("{} other places leave it out", one.filtered.len()))
            .help(format!("AND {}", one.alive()))
            .evidence(one.column.subject());
        if let Some((_, other)) = one.filtered.first() {
            diagnostic = diagnostic.cause(*other, "as here");
        }
        for (other, span) in others {
            diagnostic = diagnostic.occurrence(*span, other.subject());
        }
        found.push(diagnostic);
    }
    found
}
