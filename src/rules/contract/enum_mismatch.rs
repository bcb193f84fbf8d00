//! An enum of the API and the values that the column behind it takes.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::links::{ParameterColumn, PropertyColumn, ValueComparison};
use crate::rules::joined::{Found, once};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("contract/enum-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut fields = Vec::new();
    let mut told = Vec::new();
    // What a pending migration takes away is said there.
    let taken = context.head.taken_values(context.base);
    for property in context.head.property_columns() {
        for mut comparison in property.compare_values() {
            context.consider();
            if comparison.list().is_some_and(|list| context.head.may_grow(list)) {
                continue;
            }
            comparison.only_api.retain(|one| !taken.iter().flat_map(|taken| &taken.values).any(|value| value.span == one.span));
            if let Some(diagnostic) = field(&property, &comparison) {
                told.push(comparison.api_span);
                fields.push(Found { said: comparison.api_span, column: comparison.column_span, diagnostic });
            }
        }
    }
    let mut found = once(fields);
    for parameter in context.head.parameter_columns().into_iter().filter(|one| !one.is_sort()) {
        for comparison in parameter.compare_values() {
            context.consider();
            if comparison.list().is_some_and(|list| context.head.may_grow(list)) {
                continue;
            }
            // A list that a field shares is one thing to fix, and is told there.
            if !told.contains(&comparison.api_span) {
                found.extend(filter(&parameter, &comparison));
            }
        }
    }
    found
}

/// A field that is sent or received.
fn field(property: &PropertyColumn, values: &ValueComparison) -> Option<Diagnostic> {
    let name = property.subject();
    let column = values.column.short_name();
    if values.column_takes_anything {
        let message = format!("`{name}` is an enum, column `{column}` takes any text");
        let diagnostic = Diagnostic::new(&name, message)
            .at(values.column.span, "nothing in the database keeps other values out")
            .cause(values.api_span, "the API lists the values")
            .help(values.check_help());
        return Some(
            joined(diagnostic, property.confidence, &property.why).at_most(Severity::Info, "no value is in contradiction yet"),
        );
    }
    if values.is_mapped() && !property.in_request {
        return None;
    }
    let rejected = if property.in_request { values.only_api.as_slice() } else { &[] };
    let unlisted = values.only_column.as_slice();
    let diagnostic = if let Some(first) = rejected.first() {
        let message = format!("`{name}` allows {}, which column `{column}` rejects", values.quoted(rejected));
        let diagnostic = Diagnostic::new(&name, message).at(first.span, "passes validation and fails at the INSERT");
        let diagnostic = diagnostic.cause(values.column_span, values.held_by()).help(values.widening_help(rejected));
        match values.is_mapped() {
            _ if values.list().is_some() => diagnostic.at_most(Severity::Warning, "somebody may add a row by hand"),
            _ if rejected.iter().all(|one| one.value.is_empty()) => {
                diagnostic.at_most(Severity::Warning, "the application may take an empty text for none")
            }
            true => diagnostic.at_most(Severity::Warning, "each list has values of its own: the application may map them"),
            false => diagnostic,
        }
    } else if !unlisted.is_empty() {
        let message = format!("column `{column}` can hold {}, which `{name}` does not list", values.quoted(unlisted));
        let diagnostic = Diagnostic::new(&name, message).at(
            values.api_span,
            if property.in_response { "clients reject or misread a response with it" } else { "clients cannot send it" },
        );
        let diagnostic = diagnostic.cause(unlisted[0].span, values.held_by()).help(values.union());
        match property.in_response {
            true => diagnostic.at_most(Severity::Warning, "the application may never answer with the value"),
            false => diagnostic.at_most(Severity::Info, "clients only send the field, and may be kept from the value on purpose"),
        }
    } else {
        return None;
    };
    let diagnostic = diagnostic.evidence(format!("+{} -{}", values.words(rejected), values.words(unlisted)));
    let diagnostic = match values.is_respelled {
        true => {
            diagnostic.at_most(Severity::Info, "each list spells the same words in its own way: a library may spell them anew")
        }
        false => diagnostic,
    };
    Some(joined(diagnostic, property.confidence, &property.why))
}

/// A filter: a shorter list hides rows, a longer one never matches.
fn filter(parameter: &ParameterColumn, values: &ValueComparison) -> Option<Diagnostic> {
    if values.column_takes_anything || (values.only_api.is_empty() && values.only_column.is_empty()) {
        return None;
    }
    let (name, column) = (parameter.subject(), values.column.short_name());
    let message = match values.only_api.is_empty() {
        true => format!("`{name}` cannot ask for {} of column `{column}`", values.quoted(&values.only_column)),
        false => format!("`{name}` offers {}, which column `{column}` never holds", values.quoted(&values.only_api)),
    };
    let diagnostic = Diagnostic::new(&name, message)
        .at(values.api_span, "the filter's values")
        .cause(values.column_span, values.held_by())
        .help(format!("enum: [{}]", values.column_list()))
        .evidence(format!("+{} -{}", values.words(&values.only_api), values.words(&values.only_column)));
    Some(joined(diagnostic, parameter.confidence, &parameter.why).at_most(Severity::Info, "a filter contradicts nothing"))
}

fn joined(diagnostic: Diagnostic, confidence: Confidence, why: &str) -> Diagnostic {
    diagnostic.join(why).joined_at(confidence)
}
