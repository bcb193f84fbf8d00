//! A pending migration lets a column be NULL that code may rely on.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::links::PropertyColumn;
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/drop-not-null", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut promises: Option<Vec<PropertyColumn>> = None;
    // MySQL says nullability anew with every change of a type.
    for step in context.head.schema.pending_steps().filter(|step| !step.is_mysql()) {
        let Some(name) = step.relaxed_column() else { continue };
        context.consider();
        let held = step.column();
        let is_free = held.is_some_and(|column| column.nullable.known() == Some(&true));
        if step.column_audience() == Audience::Nobody || is_free {
            continue;
        }
        // The joins are made where somebody asks: most changes relax nothing.
        let promises = promises.get_or_insert_with(|| context.head.promised_values());
        let promise = promises.iter().find(|field| field.columns.iter().any(|column| step.relaxes(*column)));
        let mut diagnostic = report(&step, name, promise);
        if let Some(held) = held {
            diagnostic = diagnostic.context(held.span, "the column as it was created");
        }
        found.push((step, careful(&step, step.column_audience(), diagnostic)));
    }
    gather(found)
}

/// With the field of the API that promises a value, where there is one.
fn report(step: &PendingStep, name: &str, promise: Option<&PropertyColumn>) -> Diagnostic {
    let (table, column) = (step.table(), step.sql_name(name));
    let message = match promise {
        Some(field) => format!("`{table}.{column}` may be NULL from here on, but `{}` promises a value", field.subject()),
        None => format!("`{table}.{column}` may be NULL from here on, and code that reads it may not expect that"),
    };
    let diagnostic = Diagnostic::new(step.subject(Some(name)), message)
        .at(step.step.op.span, "old code runs on while new code writes NULL")
        .help(format!(
            "release code that copes with NULL first, then run this, and let code write NULL only in the release after it:\nALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL;"
        ));
    match promise {
        Some(field) => {
            let joined = diagnostic
                .cause(field.property.span, "required, and never null: clients were told so")
                .join(&field.why)
                .joined_at(field.confidence);
            // A field of this name may be filled from elsewhere: a list in the code, another table.
            match field.confidence < Confidence::High {
                true => joined.at_most(Severity::Info, "the field may be filled from another place"),
                false => joined,
            }
        }
        None => diagnostic.at_most(Severity::Info, "what code expects of the column cannot be seen here"),
    }
}
