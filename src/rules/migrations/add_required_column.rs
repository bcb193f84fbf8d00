//! A pending migration adds a NOT NULL column without a value for the rows that are there.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::pending::Audience;
use crate::model::schema::{ColumnDef, PendingStep};
use crate::rules::pending::{careful, gather_by};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/add-required-column", check);

/// So many statements are shown; more make nobody wiser.
const SHOWN: usize = 3;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let unwritten = context.head.unwritten();
    for step in context.head.schema.pending_steps() {
        let Some(column) = step.added_column() else { continue };
        if !column.is_required() {
            continue;
        }
        context.consider();
        let missed = unwritten.iter().find(|one| one.step.step.op.span == step.step.op.span);
        // Where the migration itself gets through, the statements that fail after it are told by `not-null-breaks-insert`.
        if !step.meets_rows_without_value() || (missed.is_some() && !step.fails_on_rows_without_value()) {
            continue;
        }
        let inserts = missed.map(|one| one.inserts.as_slice()).unwrap_or_default();
        let key = inserts.first().map(|insert| insert.query().subject()).unwrap_or_default();
        let told = inserts.iter().take(SHOWN).fold(report(&step, column), |diagnostic, insert| {
            diagnostic.cause(insert.reading().span, "and this INSERT, which gives it no value, fails after it")
        });
        found.push((step, key, told));
    }
    gather_by(found)
}

fn report(step: &PendingStep, column: &ColumnDef) -> Diagnostic {
    let table = step.table();
    let name = step.sql_name(&column.name.value);
    let column_type = column.column_type.as_ref().map(|known| step.type_sql(&known.value)).unwrap_or_default();
    let silent = step.is_mysql() && !step.is_dated(column);
    let (message, label) = match silent {
        // MySQL does not refuse: it makes a value up.
        true => {
            let value = step.made_up_value(column).map_or_else(|| "an empty value".to_owned(), |value| format!("`{value}`"));
            (format!("the rows of `{table}` silently get {value} for `{name}`"), "NOT NULL without a default")
        }
        false => (
            format!("adding `{table}.{name}` fails as soon as the table holds a row"),
            "NOT NULL, and the rows that are there have no value for it",
        ),
    };
    let diagnostic = Diagnostic::new(step.subject(Some(&column.name.value)), message)
        .at(step.step.op.span, label)
        .help(format!(
            "add it nullable, fill it in batches, and demand it in a later migration:\nALTER TABLE {table} ADD COLUMN {name} {column_type};\n-- or, where one value fits all rows, give it a constant default:\nALTER TABLE {table} ADD COLUMN {name} {column_type} NOT NULL DEFAULT ..;"
        ));
    let diagnostic = match step.before().and_then(|before| before.created) {
        Some(created) => diagnostic.context(created, "the table is created here"),
        None => diagnostic,
    };
    let diagnostic = match silent {
        true => diagnostic.at_most(Severity::Warning, "MySQL does not fail here"),
        false if step.is_mysql() => diagnostic.at_most(Severity::Warning, "in strict mode, which is the default since MySQL 5.7"),
        false => diagnostic,
    };
    let is_seeded = step.before().is_some_and(|before| before.seeded);
    careful(step, if is_seeded { Audience::Everybody } else { step.audience() }, diagnostic)
}
