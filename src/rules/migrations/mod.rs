//! The rules of the group `migrations`.

mod add_required_column;
mod column_type_change;
mod concurrently_in_transaction;
mod drop_column;
mod drop_column_still_exposed;
mod non_concurrent_index;
mod rename_column;
mod set_not_null;
mod unread;

use super::Rule;
use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    add_required_column::RULE,
    column_type_change::RULE,
    concurrently_in_transaction::RULE,
    drop_column::RULE,
    drop_column_still_exposed::RULE,
    non_concurrent_index::RULE,
    rename_column::RULE,
    set_not_null::RULE,
    unread::RULE,
];

/// Lowers what fewer people feel, and what may not happen at all.
fn careful(step: &PendingStep, audience: Audience, mut diagnostic: Diagnostic) -> Diagnostic {
    if audience == Audience::Deployment {
        diagnostic = diagnostic.at_most(Severity::Info, "another pending migration creates the table: nothing uses it yet");
    }
    if step.statement.maybe {
        diagnostic = diagnostic.sure_at_most(Confidence::Medium, "the statement stands under a condition and may not run");
    }
    diagnostic
}

/// Lowers severity and confidence for one reason.
fn unsure(mut diagnostic: Diagnostic, severity: Severity, confidence: Confidence, why: &str) -> Diagnostic {
    diagnostic.confidence_cap = Some(diagnostic.confidence_cap.map_or(confidence, |old| old.min(confidence)));
    diagnostic.at_most(severity, why)
}
