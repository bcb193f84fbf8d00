//! The rules of the group `topology`.

mod config_key_missing;
mod shared_database;
mod unknown_upstream;
mod upstream_port_mismatch;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] =
    &[config_key_missing::RULE, shared_database::RULE, unknown_upstream::RULE, upstream_port_mismatch::RULE];
