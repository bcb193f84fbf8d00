//! The rules of the group `config`: what is wrong with the configuration although it can be read.

mod unmatched_target;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[unmatched_target::RULE];
