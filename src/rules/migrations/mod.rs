//! The rules of the group `migrations`.

mod drop_column_still_exposed;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[drop_column_still_exposed::RULE];
