//! The rules of the group `slo`.

mod average_latency_alert;
mod burn_rate_shape;
mod none_for_api;
mod page_without_window;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] =
    &[average_latency_alert::RULE, burn_rate_shape::RULE, none_for_api::RULE, page_without_window::RULE];
