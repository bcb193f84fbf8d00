//! The rules of the group `slo`.

mod alert_misses_availability_goal;
mod alert_misses_latency_goal;
mod average_latency_alert;
mod burn_rate_shape;
mod latency_goal_exceeds_timeout;
mod none_for_api;
mod page_without_window;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    alert_misses_availability_goal::RULE,
    alert_misses_latency_goal::RULE,
    average_latency_alert::RULE,
    burn_rate_shape::RULE,
    latency_goal_exceeds_timeout::RULE,
    none_for_api::RULE,
    page_without_window::RULE,
];
