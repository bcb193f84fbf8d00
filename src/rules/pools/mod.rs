//! The rules of the group `pools`.

mod below_declared_load;
mod exceeds_max_connections;
mod lifetime_not_below_server;
mod min_exceeds_max;
mod pooler_exceeds_server;
mod reads_without_replica;
mod serverless_pool_too_large;
mod serverless_unpooled;
mod too_small;
mod transaction_mode_session_feature;
mod r#unsized;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    below_declared_load::RULE,
    exceeds_max_connections::RULE,
    lifetime_not_below_server::RULE,
    min_exceeds_max::RULE,
    pooler_exceeds_server::RULE,
    reads_without_replica::RULE,
    serverless_pool_too_large::RULE,
    serverless_unpooled::RULE,
    too_small::RULE,
    transaction_mode_session_feature::RULE,
    r#unsized::RULE,
];
