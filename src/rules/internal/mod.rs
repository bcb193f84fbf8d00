//! The rules of the group `internal`.

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[];
