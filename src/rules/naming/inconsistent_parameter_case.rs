//! The query parameters of a document are written in one style, and some are not.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// The query parameters of a document are written in one style, and some are not.
pub(super) const RULE: Rule = rule!("naming/inconsistent-parameter-case", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let documents = context.head.api.documents();
    let judged = documents.filter_map(|document| {
        let house = document.query_casing()?;
        context.consider();
        super::departures(document, &house, "query parameters")
    });
    judged.collect()
}
