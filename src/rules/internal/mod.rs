//! The rules of the group `internal`: what went wrong in backend-lint itself.

mod rule_failed;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[rule_failed::RULE];
