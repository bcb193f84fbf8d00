//! The rules of the group `timeouts`.

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[];
