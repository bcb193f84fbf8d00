//! The rules of the group `errors`.

mod inconsistent_shape;
mod missing_client_errors;
mod not_problem_details;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[inconsistent_shape::RULE, missing_client_errors::RULE, not_problem_details::RULE];
