//! The rules of the group `suppressions`.

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[];
