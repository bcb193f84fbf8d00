//! A merge patch that demands properties.

use crate::diagnostic::Diagnostic;
use crate::model::api::{MediaRef, Method};
use crate::rules::{Context, Rule, rule};

/// A merge patch that demands properties.
pub(super) const RULE: Rule = rule!("operations/merge-patch-requires-properties", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for operation in context.head.api.operations().filter(|operation| operation.method() == Method::Patch) {
        let media: Vec<MediaRef> = operation.request_media();
        let Some(patch) = media.iter().find(|media| media.essence() == "application/merge-patch+json") else { continue };
        let Some(schema) = patch.schema.filter(|schema| schema.is_wholly_known()) else { continue };
        context.consider();
        let required: Vec<&str> = schema.properties().iter().filter(|one| one.required).map(|one| one.name).collect();
        let demand = match (required.as_slice(), schema.min_properties()) {
            ([], None | Some(0 | 1)) => continue,
            ([], Some(least)) => format!("at least {least} properties"),
            ([one], _) => format!("`{one}`"),
            ([one, ..], _) => format!("`{one}` and {} more", required.len() - 1),
        };
        // A schema that several operations share is edited once.
        let place = schema.definition_span();
        if let Some(known) = found.iter_mut().find(|known| known.primary.span == place) {
            *known = known.clone().occurrence(operation.span(), operation.subject());
            continue;
        }
        let subject = operation.subject();
        found.push(
            Diagnostic::new(&subject, format!("the merge patch of `{subject}` demands {demand}"))
                .at(place, "a merge patch (RFC 7396) holds what changes, and nothing else has to be there")
                .context(patch.span, "sent as a merge patch")
                .help("use a schema without `required` here")
                .evidence("merge patch with required properties"),
        );
    }
    found
}
