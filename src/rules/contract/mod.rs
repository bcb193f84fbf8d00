//! The rules of the group `contract`.

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[];
