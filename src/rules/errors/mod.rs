//! The rules of the group `errors`.

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[];
