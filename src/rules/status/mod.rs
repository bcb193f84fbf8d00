//! The rules of the group `status`.

mod accepted_beside_success;
mod accepted_without_handle;
mod contradictory_code;
mod create_without_201;
mod missing_success;
mod precondition_failed_without_precondition;
mod success_without_content;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    accepted_beside_success::RULE,
    accepted_without_handle::RULE,
    contradictory_code::RULE,
    create_without_201::RULE,
    missing_success::RULE,
    precondition_failed_without_precondition::RULE,
    success_without_content::RULE,
];
