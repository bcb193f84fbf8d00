//! The rules of the group `timeouts`.

mod apigw_cap;
mod app_below_statement;
mod client_without_timeout;
mod explicitly_disabled;
mod gateway_below_app;
mod gateway_defaults;
mod haproxy_missing;
mod keepalive_inversion;
mod mesh_route_none;
mod over_budget;
mod per_try_not_below_total;
mod pool_wait_not_below_request;
mod retries_exceed_caller;
mod statement_timeout_missing;
mod unit_suspect;
mod visibility_below_job;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    apigw_cap::RULE,
    app_below_statement::RULE,
    client_without_timeout::RULE,
    explicitly_disabled::RULE,
    gateway_below_app::RULE,
    gateway_defaults::RULE,
    haproxy_missing::RULE,
    keepalive_inversion::RULE,
    mesh_route_none::RULE,
    over_budget::RULE,
    per_try_not_below_total::RULE,
    pool_wait_not_below_request::RULE,
    retries_exceed_caller::RULE,
    statement_timeout_missing::RULE,
    unit_suspect::RULE,
    visibility_below_job::RULE,
];
