//! The rules of the group `pagination`.

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[];
