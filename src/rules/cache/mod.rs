//! The rules of the group `cache`.

mod authenticated_response_shared;
mod no_ttl;
mod policy_without_maxmemory;
mod queue_store_may_evict;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] =
    &[authenticated_response_shared::RULE, no_ttl::RULE, policy_without_maxmemory::RULE, queue_store_may_evict::RULE];
