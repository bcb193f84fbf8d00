//! One table, stated for several dialects, that is not the same in all of them.

use crate::diagnostic::{Diagnostic, Occurrence, Severity};
use crate::model::schema::{Disagreement, Drift};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/dialect-drift", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let schema = &context.head.schema;
    schema.tables().filter(|table| table.twins().len() > 1).for_each(|_| context.consider());
    // What stands apart in several dialects in the same way is one thing to decide.
    let mut found: Vec<(&Drift, Diagnostic)> = Vec::new();
    let drifts = schema.dialect_drifts();
    for drift in &drifts {
        let same =
            |one: &Drift| one.what == drift.what && one.column == drift.column && one.table.logical() == drift.table.logical();
        match found.iter_mut().find(|(one, _)| same(one)) {
            Some((first, _)) if first.here == drift.here => {}
            Some((_, held)) => {
                let subject = format!("{} in {}", drift.table.subject(), drift.table.spoken_dialect());
                held.occurrences.push(Occurrence { span: drift.here, subject });
            }
            None => found.push((drift, report(drift))),
        }
    }
    found.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}

fn report(one: &Drift) -> Diagnostic {
    let (here, there) = (one.table.spoken_dialect(), one.other.spoken_dialect());
    let table = one.table.short_name();
    let column = one.column.unwrap_or_default();
    let (message, label, cause) = match &one.what {
        Disagreement::Required => (
            format!("`{table}.{column}` is NOT NULL in {here} and takes NULL in {there}"),
            "rows that the other takes are refused here",
            "takes NULL",
        ),
        Disagreement::Optional => (
            format!("`{table}.{column}` takes NULL in {here} and is NOT NULL in {there}"),
            "rows that the other refuses are taken here",
            "NOT NULL",
        ),
        Disagreement::MissingColumn => {
            (format!("`{table}.{column}` is missing in {here}"), "this table has no such column", "the other has it")
        }
        Disagreement::Type(is, was) => (
            format!("`{table}.{column}` is `{is}` in {here} and `{was}` in {there}"),
            "text and numbers compare and sort differently",
            "the other type",
        ),
        Disagreement::NotUnique(columns) => (
            format!("`{table}({})` is unique in {there} and not in {here}", columns.join(", ")),
            "nothing keeps these columns unique here",
            "unique",
        ),
        Disagreement::MissingTable => (format!("`{table}` is missing in {here}"), "no such table", "the other has it"),
    };
    let evidence = format!("{here} {there} {label}");
    let diagnostic = Diagnostic::new(format!("{}.{column}", one.table.subject()), message)
        .at(one.here, label)
        .cause(one.there, cause)
        .help(format!("decide which of the two is meant, and let the statements for {here} and {there} both say it"))
        .evidence(evidence);
    let is_sqlite = [here, there].contains(&"sqlite");
    match one.what {
        Disagreement::Required | Disagreement::Optional if is_sqlite => {
            diagnostic.at_most(Severity::Info, "SQLite changes that of a column only by making the table anew")
        }
        _ => diagnostic,
    }
}
