//! The rules of the group `idempotency`.

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[];
