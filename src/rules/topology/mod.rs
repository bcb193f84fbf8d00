//! The rules of the group `topology`.

mod body_limit_mismatch;
mod config_key_missing;
mod grpc_over_http1;
mod monolith_under_load;
mod service_without_owner;
mod services_exceed_team;
mod shared_database;
mod spec_path_unrouted;
mod store_without_volume;
mod undefined_dependency;
mod unknown_host;
mod unknown_upstream;
mod unset_variable;
mod upstream_port_mismatch;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    body_limit_mismatch::RULE,
    config_key_missing::RULE,
    grpc_over_http1::RULE,
    monolith_under_load::RULE,
    service_without_owner::RULE,
    services_exceed_team::RULE,
    shared_database::RULE,
    spec_path_unrouted::RULE,
    store_without_volume::RULE,
    undefined_dependency::RULE,
    unknown_host::RULE,
    unknown_upstream::RULE,
    unset_variable::RULE,
    upstream_port_mismatch::RULE,
];
