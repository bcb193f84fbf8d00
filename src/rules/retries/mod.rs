//! The rules of the group `retries`.

mod amplification;
mod no_backoff;
mod non_idempotent;
mod unbounded;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[amplification::RULE, no_backoff::RULE, non_idempotent::RULE, unbounded::RULE];
