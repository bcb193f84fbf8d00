//! Numbers that the API takes and the column refuses.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::{PropertyColumn, RangeClash};
use crate::rules::joined::{Found, by_field, once};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("contract/range-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // What a pending migration narrows is said there.
    let narrowed = context.head.narrowed_fields();
    let fields = context.head.property_columns().into_iter();
    for field in fields.filter(|field| field.in_request && field.property.schema.core().is_number() && !field.columns.is_empty())
    {
        context.consider();
        for clash in field.range_clashes() {
            if !narrowed.iter().any(|one| one.column.span == clash.column.span) {
                let diagnostic = report(&field, &clash);
                found.push(Found { said: clash.said_at, column: clash.column.span, diagnostic });
            }
        }
    }
    once(found)
}

fn report(field: &PropertyColumn, clash: &RangeClash) -> Diagnostic {
    let (name, short) = (field.subject(), clash.column.short_name());
    let (key, side, end) = if clash.above { ("maximum", "above", "most") } else { ("minimum", "below", "least") };
    let held = clash.held;
    let message = match clash.said {
        Some(i64::MAX) => format!("`{name}` is an int64, column `{short}` takes {held} at {end}"),
        Some(said) => format!("`{name}` allows {said}, column `{short}` takes {held} at {end}"),
        None => format!("`{name}` has no {key}, column `{short}` takes {held} at {end}"),
    };
    let diagnostic = Diagnostic::new(&name, message)
        .at(clash.said_at, format!("numbers {side} {held} pass validation and fail at the INSERT"))
        .cause(clash.held_at, format!("the column takes nothing {side} {held}"))
        .help(format!("{key}: {held}"))
        .evidence(format!("{key} {held}"));
    let diagnostic = by_field(diagnostic, field);
    match clash.said {
        Some(i64::MAX) if clash.column.names_a_row() => {
            diagnostic.at_most(Severity::Info, "it names a row, and no row has such a number")
        }
        // A counter or a state: generators write the width for it too, and no client sends it.
        Some(i64::MAX) if !clash.column.default.known_absent() => {
            diagnostic.at_most(Severity::Info, "the column fills itself: that clients send a number is not known")
        }
        Some(i64::MAX) => diagnostic.at_most(Severity::Warning, "the API states a width and no bound"),
        Some(_) => diagnostic,
        None => diagnostic.at_most(Severity::Info, "the API states no bound that could contradict the column"),
    }
}
