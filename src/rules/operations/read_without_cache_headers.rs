//! Answers that say nothing about how long, or by which version, clients may keep them.

use crate::diagnostic::Diagnostic;
use crate::model::api::{OperationRef, ResponseRef, Version};
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("operations/read-without-cache-headers", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut silent: Vec<(OperationRef, ResponseRef)> = Vec::new();
        for operation in document.own_operations().filter(|operation| operation.is_known()) {
            let Some(answer) = operation.cacheable_answer() else { continue };
            context.consider();
            if !answer.says_how_to_cache() {
                silent.push((operation, answer));
            }
        }
        let Some(((first, answer), rest)) = silent.split_first() else { continue };
        let more = if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
        let message = format!("`{}` answers without `ETag` and `Cache-Control`{more}", first.subject());
        let diagnostic = Diagnostic::new(document.subject(), message)
            .at(answer.definition_span(), "clients ask again for what they have, and the database answers again")
            .help(headers(document.version()))
            .evidence("no cache headers");
        // What several operations share is written once.
        let places = rest.iter().map(|(one, answer)| (answer.definition_span(), one.subject()));
        found.push(over(diagnostic, places));
    }
    found
}

/// The headers as a document of a version writes them.
fn headers(version: Version) -> String {
    let kind = if version == Version::V2 { "    type: string" } else { "    schema:\n      type: string" };
    format!("headers:\n  ETag:\n{kind}\n  Cache-Control:\n{kind}")
}
