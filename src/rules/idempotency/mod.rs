//! The rules of the group `idempotency`.

mod create_without_key;
mod inconsistent_key;
mod inconsistent_key_name;
mod key_storage_not_unique;
mod key_without_storage;
mod malformed_key;
mod undocumented_replay;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    create_without_key::RULE,
    inconsistent_key::RULE,
    inconsistent_key_name::RULE,
    key_storage_not_unique::RULE,
    key_without_storage::RULE,
    malformed_key::RULE,
    undocumented_replay::RULE,
];
