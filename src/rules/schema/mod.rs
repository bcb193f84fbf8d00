//! The rules of the group `schema`.

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[];
