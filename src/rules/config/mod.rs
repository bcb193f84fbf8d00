//! The rules of the group `config`.

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[];
