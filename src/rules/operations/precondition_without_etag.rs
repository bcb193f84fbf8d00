//! A precondition on a version that no answer tells.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{OperationRef, ParameterRef};
use crate::rules::habit::{Place, with_occurrences};
use crate::rules::{Context, Rule, rule};

/// A precondition on a version that no answer tells.
pub(super) const RULE: Rule = rule!("operations/precondition-without-etag", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let operations = document.own_operations().filter(|operation| operation.is_known());
        let untold: Vec<(OperationRef, ParameterRef)> =
            operations.filter_map(|operation| Some((operation, operation.entity_tag_parameter()?))).collect();
        untold.iter().for_each(|_| context.consider());
        if untold.is_empty() || document.tells_entity_tags() {
            continue;
        }
        let Some(((first, parameter), rest)) = untold.split_first() else { continue };
        let more = if rest.is_empty() { String::new() } else { format!(" ({} operations)", untold.len()) };
        let message = format!("`{}` of `{}` needs a version that no answer tells{more}", parameter.name(), first.subject());
        let diagnostic = Diagnostic::new(first.subject(), message)
            .at(parameter.written_span(), "no response has an `ETag` header, or a version in its body")
            .help("headers:\n  ETag:\n    schema:\n      type: string")
            .evidence("precondition without an entity tag");
        let places: Vec<Place> = rest.iter().map(|(one, tag)| Place::new(tag.written_span(), one.subject())).collect();
        let diagnostic = with_occurrences(diagnostic, &places);
        found.push(match document.speaks_of_entity_tags() {
            true => diagnostic.at_most(Severity::Info, "the document speaks of entity tags in its prose"),
            false => diagnostic,
        });
    }
    found
}
