//! A time that does not say how it is written.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DocumentRef, TimeFault};
use crate::rules::habit::{Place, commonest_first, with_occurrences};
use crate::rules::{Context, Rule, rule};

/// A time that does not say how it is written.
pub(super) const RULE: Rule = rule!("naming/time-without-format", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let (formatted, faulty) = document.times();
        (0..formatted + faulty.len()).for_each(|_| context.consider());
        for fault in [TimeFault::Text, TimeFault::Number, TimeFault::Amount] {
            let places: Vec<Place> =
                faulty.iter().filter(|(own, _)| *own == fault).map(|(_, one)| Place::new(one.span, one.name)).collect();
            found.extend(report(document, fault, &commonest_first(places), formatted));
        }
    }
    found
}

fn report(document: DocumentRef, fault: TimeFault, places: &[Place], formatted: usize) -> Option<Diagnostic> {
    let (first, rest) = places.split_first()?;
    let more = match rest.len() {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let (what, label, help) = match fault {
        TimeFault::Text => {
            ("is text without a format", "a day, a time, in which zone? each caller finds out by experiment", "format: date-time")
        }
        TimeFault::Number => {
            ("is a number without a unit", "seconds or milliseconds, and since when?", "type: string\nformat: date-time")
        }
        TimeFault::Amount => ("is an amount as text", "callers cannot tell `90` from `90s` and `1m30s`", "type: integer"),
    };
    let subject = format!("{} {}", document.subject(), first.subject);
    let diagnostic =
        Diagnostic::new(subject, format!("`{}` {what}{more}", first.subject)).at(first.span, label).help(help).evidence(what);
    let diagnostic = with_occurrences(diagnostic, rest);
    // Where nearly all say it, these were forgotten.
    let stands_out = fault == TimeFault::Text && formatted >= 5 && formatted >= places.len() * 4;
    Some(match stands_out {
        true => diagnostic.context(first.span, format!("{formatted} other times say how they are written")),
        false => diagnostic.at_most(Severity::Info, "the other times of the document do not say it either, or there are few"),
    })
}
