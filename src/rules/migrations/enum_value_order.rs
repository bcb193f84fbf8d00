//! A pending migration takes a value from a column that the API still takes, or took until this very change.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::{Taken, TakenValues};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/enum-value-order", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let Some(base) = context.base else { return Vec::new() };
    let fields = context.head.property_columns();
    fields.iter().filter(|field| !field.property.schema.core().enum_values().is_empty()).for_each(|_| context.consider());
    let mut found: Vec<Diagnostic> = Vec::new();
    for one in context.head.taken_values(Some(base)) {
        let diagnostic = report(&one);
        // The same list for several dialects is one thing to fix, and so are several objects over one column.
        match found.iter_mut().find(|known| known.message == diagnostic.message) {
            Some(known) => *known = known.clone().occurrence(one.now, diagnostic.subject),
            None => found.push(diagnostic),
        }
    }
    found
}

fn report(one: &TakenValues) -> Diagnostic {
    let (name, column) = (one.field.subject(), one.column.short_name());
    let shown: Vec<String> = one.values.iter().take(3).map(|value| format!("`{}`", value.value)).collect();
    let more = one.values.len().saturating_sub(shown.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let values = format!("{}{more}", shown.join(", "));
    let what = match one.how {
        Taken::StillListed => format!("`{column}` loses {values}, but `{name}` still allows it"),
        Taken::Together => format!("`{column}` loses {values} in the change that takes it from `{name}`"),
    };
    let label = match one.how {
        Taken::StillListed => "from here on the value passes validation and fails at the INSERT",
        Taken::Together => "while this goes out, instances of the release before still take the value, and fail at the INSERT",
    };
    let subject = format!("{}.{}", one.column.table().subject(), one.column.name);
    let mut diagnostic = Diagnostic::new(subject, what)
        .at(one.now, label)
        .help("take the value from the API first and release that; change the rows that hold it, and narrow the column in a later release")
        .join(&one.field.why)
        .joined_at(one.field.confidence)
        .evidence(one.values.iter().map(|value| value.value.as_str()).collect::<Vec<_>>().join(","));
    for value in one.values.iter().take(3) {
        diagnostic = match one.how {
            Taken::StillListed => diagnostic.cause(value.span, "the API allows it"),
            Taken::Together => diagnostic.context(value.span, "before this change the API allows it"),
        };
    }
    match one.how {
        Taken::StillListed => diagnostic,
        Taken::Together => {
            diagnostic.at_most(Severity::Warning, "it fails while both releases run, and for clients that were told of it")
        }
    }
}
