//! The rules of the group `observability`.

mod access_log_unstructured;
mod collector_unprotected;
mod full_sampling;
mod no_correlation_id;
mod otlp_endpoint_unknown;
mod undefined_receiver;
mod values_logged;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    access_log_unstructured::RULE,
    collector_unprotected::RULE,
    full_sampling::RULE,
    no_correlation_id::RULE,
    otlp_endpoint_unknown::RULE,
    undefined_receiver::RULE,
    values_logged::RULE,
];
