//! The rules of the group `idempotency`.

mod create_without_key;
mod inconsistent_key;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[create_without_key::RULE, inconsistent_key::RULE];
