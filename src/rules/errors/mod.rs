//! The rules of the group `errors`.

mod closed_problem_schema;
mod copied_error_schema;
mod error_in_success;
mod error_without_body;
mod incomplete_problem;
mod inconsistent_shape;
mod leaks_detail;
mod missing_client_errors;
mod missing_default_problem;
mod missing_not_found;
mod missing_server_error;
mod missing_unauthorized;
mod not_json;
mod not_problem_details;
mod operation_without_client_error;
mod problem_status_mismatch;
mod problem_type_not_uri;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    closed_problem_schema::RULE,
    copied_error_schema::RULE,
    error_in_success::RULE,
    error_without_body::RULE,
    incomplete_problem::RULE,
    inconsistent_shape::RULE,
    leaks_detail::RULE,
    missing_client_errors::RULE,
    missing_default_problem::RULE,
    missing_not_found::RULE,
    missing_server_error::RULE,
    missing_unauthorized::RULE,
    not_json::RULE,
    not_problem_details::RULE,
    operation_without_client_error::RULE,
    problem_status_mismatch::RULE,
    problem_type_not_uri::RULE,
];
