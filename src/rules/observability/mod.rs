//! The rules of the group `observability`.

mod collector_unprotected;
mod full_sampling;
mod otlp_endpoint_unknown;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[collector_unprotected::RULE, full_sampling::RULE, otlp_endpoint_unknown::RULE];
