//! The rules of the group `contract`: the API against the schema.

mod enum_mismatch;
mod length_mismatch;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[enum_mismatch::RULE, length_mismatch::RULE];
