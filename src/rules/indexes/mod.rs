//! The rules of the group `indexes`.

mod sort_parameter_without_index;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[sort_parameter_without_index::RULE];
