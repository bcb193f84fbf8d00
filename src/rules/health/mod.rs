//! The rules of the group `health`.

mod compose_condition_without_check;
mod endpoint_unprobed;
mod liveness_checks_dependencies;
mod liveness_equals_readiness;
mod probe_path_not_served;
mod probe_port_not_listed;
mod service_without_readiness;
mod started_is_not_ready;
mod unprobed_service;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    compose_condition_without_check::RULE,
    endpoint_unprobed::RULE,
    liveness_checks_dependencies::RULE,
    liveness_equals_readiness::RULE,
    probe_path_not_served::RULE,
    probe_port_not_listed::RULE,
    service_without_readiness::RULE,
    started_is_not_ready::RULE,
    unprobed_service::RULE,
];
