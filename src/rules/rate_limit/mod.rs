//! The rules of the group `rate-limit`.

mod missing_headers;
mod missing_retry_after;
mod missing_too_many_requests;
mod mixed_headers;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] =
    &[missing_headers::RULE, missing_retry_after::RULE, missing_too_many_requests::RULE, mixed_headers::RULE];
