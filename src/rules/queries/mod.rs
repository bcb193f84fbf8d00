//! The rules of the group `queries`.

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[];
