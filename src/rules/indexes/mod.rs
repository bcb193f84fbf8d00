//! The rules of the group `indexes`.

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[];
