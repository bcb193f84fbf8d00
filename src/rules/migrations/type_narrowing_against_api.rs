//! A pending migration makes a column narrower than what the API takes for it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::{Excess, NarrowedField};
use crate::model::schema::pending::Audience;
use crate::rules::pending::careful;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/type-narrowing-against-api", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let retyped = context.head.schema.pending_steps().filter(|step| step.retyped_column().is_some());
    retyped.for_each(|_| context.consider());
    let mut found: Vec<Diagnostic> = Vec::new();
    for one in context.head.narrowed_fields() {
        let diagnostic = report(&one);
        // Several objects of the API may be stored in one column.
        match found.iter_mut().find(|known| known.subject == diagnostic.subject) {
            Some(known) => *known = known.clone().cause(one.said, what_api_takes(&one)),
            None => found.push(diagnostic),
        }
    }
    found
}

fn report(one: &NarrowedField) -> Diagnostic {
    let (name, column) = (one.field.subject(), one.column.short_name());
    let to = one.step.retyped_column().and_then(|(_, to)| to).unwrap_or_default();
    let takes = match one.excess {
        Excess::Length(allowed, _) => format!("`{name}` allows {allowed} characters"),
        Excess::Number(i64::MAX, _) => format!("`{name}` is an int64"),
        Excess::Number(allowed, _) => format!("`{name}` allows {allowed}"),
        Excess::Fraction => format!("`{name}` takes fractions"),
        Excess::Time => format!("`{name}` has a time of day"),
    };
    let (label, remedy) = match one.excess {
        Excess::Length(allowed, held) => {
            (format!("{} to {allowed} characters pass validation and fail at the INSERT", held + 1), format!("maxLength: {held}"))
        }
        Excess::Number(_, held) => {
            (format!("numbers above {held} pass validation and fail at the INSERT"), format!("maximum: {held}"))
        }
        Excess::Fraction => {
            ("what stands behind the decimal point is rounded away without a word".into(), "type: integer".into())
        }
        Excess::Time => ("the time of day is cut off without a word".into(), "format: date".into()),
    };
    let (table, sql_name) = (one.step.table(), one.step.sql_name(&one.column.name));
    let diagnostic = Diagnostic::new(one.step.subject(Some(&one.column.name)), format!("`{column}` becomes `{to}`, but {takes}"))
        .at(one.step.step.op.span, label)
        .cause(one.said, what_api_takes(one))
        .help(format!(
            "say so in the API first, as a change that clients are told of, and narrow `{table}.{sql_name}` in a later release:\n{remedy}"
        ))
        .join(&one.field.why)
        .joined_at(one.field.confidence)
        .evidence(to);
    let diagnostic = match one.excess {
        Excess::Length(..) | Excess::Number(..) => diagnostic,
        Excess::Fraction | Excess::Time => diagnostic.at_most(Severity::Warning, "the value is stored, only not as it was sent"),
    };
    careful(&one.step, Audience::Everybody, diagnostic)
}

fn what_api_takes(one: &NarrowedField) -> &'static str {
    match one.excess {
        Excess::Length(..) | Excess::Number(..) => "the API takes so much",
        Excess::Fraction | Excess::Time => "the API takes this",
    }
}
