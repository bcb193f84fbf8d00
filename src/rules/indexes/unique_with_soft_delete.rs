//! A unique index that takes rows marked as deleted for rivals, or that compares the mark.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::queries::SoftDelete;
use crate::model::schema::IndexRef;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("indexes/unique-with-soft-delete", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut seen: Vec<(usize, String, String)> = Vec::new();
    let mut toothless: BTreeMap<usize, Vec<(SoftDelete, IndexRef)>> = BTreeMap::new();
    for one in context.head.soft_deletes() {
        let (rivals, without_teeth) = (one.rival_indexes(), one.toothless_indexes());
        for index in one.table.indexes().filter(|index| index.unique) {
            context.consider();
            let is = |held: &IndexRef| held.span == index.span && held.label() == index.label();
            // Twins for other dialects have the same index.
            let is_new = !seen.contains(&index.logical());
            if is_new && without_teeth.iter().any(is) {
                toothless.entry(one.table.family()).or_default().push((one.clone(), index));
            } else if is_new && rivals.iter().any(is) && !one.is_renamed(&index) {
                found.push(rival(&one, index));
            }
            seen.push(index.logical());
        }
    }
    found.extend(toothless.into_values().filter_map(|all| never_compares(&all)));
    found
}

/// A value can be taken by one row that lives and by any number that are deleted; the index says: by one row.
fn rival(one: &SoftDelete, index: IndexRef) -> Diagnostic {
    let (table, mark) = (one.table.short_name(), &one.column.name);
    let message = format!("{} of `{table}` counts rows that `{mark}` marks as deleted", index.described());
    let mut diagnostic = Diagnostic::new(index.subject(), message)
        .at(index.span, format!("what a deleted row holds in {} cannot be used again", index.keys_text()))
        .context(one.column.span, "rows are marked here and stay")
        .help(help(one, index))
        .evidence(index.keys_text());
    match one.filtered.first() {
        Some(_) if one.marking.is_empty() => {
            diagnostic = diagnostic.at_most(Severity::Info, "no query marks a row as deleted");
        }
        Some((query, span)) => diagnostic = diagnostic.cause(*span, format!("`{}` takes marked rows for gone", query.subject())),
        None => diagnostic = diagnostic.at_most(Severity::Info, "no query says that marked rows are gone"),
    }
    diagnostic
}

/// With NULL as a key no two rows that live are equal. In one database it is one misunderstanding.
fn never_compares(all: &[(SoftDelete, IndexRef)]) -> Option<Diagnostic> {
    let ((one, index), others) = all.split_first()?;
    let (table, mark) = (one.table.short_name(), &one.column.name);
    let more = if others.is_empty() { String::new() } else { format!(" (and {} more)", others.len()) };
    let message = format!("{} of `{table}` never compares two living rows{more}", index.described());
    let mut diagnostic = Diagnostic::new(index.subject(), message)
        .at(index.span, format!("NULL differs from NULL: two rows whose `{mark}` is NULL are never equal"))
        .context(one.column.span, format!("`{mark}` is NULL as long as a row lives"))
        .help(help(one, *index))
        .evidence(index.keys_text());
    for (_, other) in others {
        diagnostic = diagnostic.occurrence(other.span, other.subject());
    }
    Some(diagnostic)
}

fn help(one: &SoftDelete, index: IndexRef) -> String {
    let columns = index.columns().unwrap_or_default();
    let kept: Vec<&str> = columns.into_iter().filter(|name| *name != one.column.name).collect();
    match one.table.dialect().name() {
        "mysql" => format!(
            "a generated column that is NULL for deleted rows, and UNIQUE ({}, alive): alive tinyint AS (IF({}, 1, NULL)) STORED",
            kept.join(", "),
            one.alive()
        ),
        _ => {
            let tail = format!("({}) WHERE {}", kept.join(", "), one.alive());
            let create = one.table.create_index_of(true, &format!("{}_alive", kept.join("_")), &tail);
            format!("{create}\nand then drop `{}`", index.label())
        }
    }
}
