//! The rules of the group `idempotency`.

mod create_without_key;
mod inconsistent_key;
mod inconsistent_key_name;
mod malformed_key;
mod undocumented_replay;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    create_without_key::RULE,
    inconsistent_key::RULE,
    inconsistent_key_name::RULE,
    malformed_key::RULE,
    undocumented_replay::RULE,
];
