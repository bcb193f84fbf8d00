//! The rules of the group `timeouts`.

mod apigw_cap;
mod app_below_statement;
mod explicitly_disabled;
mod gateway_below_app;
mod mesh_route_none;
mod over_budget;
mod pool_wait_not_below_request;
mod statement_timeout_missing;
mod unit_suspect;
mod visibility_below_job;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    apigw_cap::RULE,
    app_below_statement::RULE,
    explicitly_disabled::RULE,
    gateway_below_app::RULE,
    mesh_route_none::RULE,
    over_budget::RULE,
    pool_wait_not_below_request::RULE,
    statement_timeout_missing::RULE,
    unit_suspect::RULE,
    visibility_below_job::RULE,
];
