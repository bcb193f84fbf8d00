//! The rules of the group `rate-limit`.

mod limiter_not_in_spec;
mod missing_headers;
mod missing_retry_after;
mod missing_too_many_requests;
mod mixed_headers;
mod spec_429_no_limiter;
mod wrong_status;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    limiter_not_in_spec::RULE,
    missing_headers::RULE,
    missing_retry_after::RULE,
    missing_too_many_requests::RULE,
    mixed_headers::RULE,
    spec_429_no_limiter::RULE,
    wrong_status::RULE,
];
