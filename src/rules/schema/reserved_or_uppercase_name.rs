//! A name that has to be written in quotes wherever it is used.

use crate::diagnostic::Diagnostic;
use crate::model::schema::QuotedName;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("schema/reserved-or-uppercase-name", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut databases: BTreeMap<usize, Vec<QuotedName>> = BTreeMap::new();
    for table in context.head.schema.tables().filter(|table| !table.is_derived()) {
        context.consider();
        databases.entry(table.database_number()).or_default().extend(table.quoted_names());
    }
    databases.into_values().filter_map(|names| report(&names)).collect()
}

fn report(names: &[QuotedName]) -> Option<Diagnostic> {
    let (first, others) = names.split_first()?;
    let message = match others.len() {
        0 => format!("`{}` needs quotes wherever it is used", first.name),
        more => format!("{} names need quotes wherever they are used, like `{}`", more + 1, first.name),
    };
    let subject = if others.is_empty() { first.subject.clone() } else { first.database.to_owned() };
    let found = Diagnostic::new(subject, message)
        .at(first.span, first.why)
        .help("a name of small letters, digits and underscores that is no word of SQL");
    Some(others.iter().fold(found, |found, other| found.occurrence(other.span, other.subject.clone())))
}
