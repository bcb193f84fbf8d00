//! A string that the API allows to be longer than the column that stores it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::PropertyColumn;
use crate::model::schema::ColumnRef;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("contract/length-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut unbounded: BTreeMap<String, Vec<PropertyColumn>> = BTreeMap::new();
    let stored = context.head.property_columns();
    // What a pending migration narrows is said there.
    let narrowed = context.head.narrowed_fields();
    let sent_text = stored
        .into_iter()
        .filter(|one| (one.in_request || one.answers_write) && one.property.schema.core().is_string() && !one.is_transformed());
    for property in sent_text {
        let Some(column) = property.shortest_column() else { continue };
        context.consider();
        match property.property.schema.core().max_length() {
            Some(limit) if narrowed.iter().any(|one| one.said == limit.span && one.column.span == column.column.span) => {}
            Some(limit) if limit.value > column.length && property.in_request => {
                found.push(longer(&property, column.column, limit.value, limit.span, column.length))
            }
            None if property.is_unbounded_text() => unbounded.entry(property.entity.to_owned()).or_default().push(property),
            _ => {}
        }
    }
    found.extend(unbounded.values().map(|properties| without_limit(properties)));
    found
}

fn longer(one: &PropertyColumn, column: ColumnRef, allowed: i64, span: Span, held: i64) -> Diagnostic {
    let name = one.subject();
    let message = format!("`{name}` allows {allowed} characters, column `{}` holds {held}", column.short_name());
    let mut diagnostic = Diagnostic::new(&name, message)
        .at(span, format!("{} to {allowed} characters pass validation and fail at the INSERT", held + 1))
        .help(format!("{}\nor here: maxLength: {held}", one.lengthening_help(allowed)).trim_start())
        .evidence(format!("{allowed}>{held}"))
        .join(&one.why)
        .joined_at(one.confidence);
    for column in &one.columns {
        if let Some(length) = column.length().filter(|length| *length < allowed) {
            diagnostic = diagnostic.cause(column.span, format!("the column holds {length}"));
        }
    }
    diagnostic
}

fn without_limit(properties: &[PropertyColumn]) -> Diagnostic {
    let first = &properties[0];
    let held = first.shortest_column().map_or(0, |column| column.length);
    let message = match properties.len() {
        1 => format!("`{}` has no maxLength, its column holds {held} characters", first.subject()),
        many => format!("{many} fields of `{}` have no maxLength, their columns are bounded", first.entity),
    };
    let mut diagnostic = Diagnostic::new(format!("{} without maxLength", first.entity), message)
        .at(first.property.span, format!("longer than {held} characters fails at the INSERT, not at validation"))
        .help(format!("maxLength: {held}"))
        .join(&first.why)
        .joined_at(first.confidence)
        .at_most(Severity::Info, "the API states no limit that could contradict the column");
    if let Some(column) = first.shortest_column() {
        diagnostic = diagnostic.cause(column.column.span, format!("the column holds {held}"));
    }
    for other in &properties[1..] {
        diagnostic = diagnostic.occurrence(other.property.span, other.subject());
    }
    diagnostic
}
