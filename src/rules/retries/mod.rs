//! The rules of the group `retries`.

mod amplification;
mod breaker_half_open_unbounded;
mod breaker_open_too_long;
mod breaker_switched_off;
mod no_backoff;
mod non_idempotent;
mod unbounded;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    amplification::RULE,
    breaker_half_open_unbounded::RULE,
    breaker_open_too_long::RULE,
    breaker_switched_off::RULE,
    no_backoff::RULE,
    non_idempotent::RULE,
    unbounded::RULE,
];
