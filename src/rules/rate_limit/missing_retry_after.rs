//! A 429 that does not say when to come again.

use crate::diagnostic::Diagnostic;
use crate::model::api::{ResponseRef, Status};
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::BTreeMap;

/// A 429 that does not say when to come again.
pub(super) const RULE: Rule = rule!("rate-limit/missing-retry-after", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    // By where the first of them is defined: documents that share a file of components share what there is to mend.
    let mut found: BTreeMap<Span, (String, Vec<ResponseRef>)> = BTreeMap::new();
    for document in context.head.api.documents() {
        let responses = document.own_operations().flat_map(|operation| operation.responses());
        let limited: Vec<ResponseRef> =
            responses.filter(|response| response.status() == Status::Code(429) && response.is_wholly_known()).collect();
        limited.iter().for_each(|_| context.consider());
        let silent: Vec<ResponseRef> = limited.into_iter().filter(|response| !response.tells_when_to_retry()).collect();
        let Some(first) = silent.first() else { continue };
        let subject = || (format!("{} 429", document.subject()), Vec::new());
        found.entry(first.definition_span()).or_insert_with(subject).1.extend(silent);
    }
    found.into_values().filter_map(report).collect()
}

fn report((subject, silent): (String, Vec<ResponseRef>)) -> Option<Diagnostic> {
    let first = silent.first()?;
    let message = match silent.len() {
        1 => "the `429` does not say when to come again".to_owned(),
        many => format!("the `429` of {} does not say when to come again", counted(many, "operation")),
    };
    let what = first.component_name().map_or(first.operation().subject(), |name| format!("response {name}"));
    let diagnostic = Diagnostic::new(subject, message)
        .at(first.definition_span(), format!("{what}: clients guess, and come all at once"))
        .help("headers:\n  Retry-After:\n    description: Seconds to wait\n    schema: { type: integer }")
        .evidence("429 without Retry-After");
    let places = silent.iter().map(|response| (response.definition_span(), response.operation().subject()));
    Some(over(diagnostic, places))
}
