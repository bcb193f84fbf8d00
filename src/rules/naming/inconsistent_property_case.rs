//! The properties of a document are written in one style, and some are not.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// The properties of a document are written in one style, and some are not.
pub(super) const RULE: Rule = rule!("naming/inconsistent-property-case", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let documents = context.head.api.documents();
    let judged = documents.filter_map(|document| {
        let house = document.property_casing()?;
        context.consider();
        super::departures(document, &house, "properties")
    });
    judged.collect()
}
