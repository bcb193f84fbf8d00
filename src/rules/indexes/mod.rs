//! The rules of the group `indexes`.

mod duplicate_index;
mod foreign_key_without_index;
mod redundant_prefix;
mod sort_parameter_without_index;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] =
    &[duplicate_index::RULE, foreign_key_without_index::RULE, redundant_prefix::RULE, sort_parameter_without_index::RULE];
