//! The rules of the group `migrations`.

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[];
