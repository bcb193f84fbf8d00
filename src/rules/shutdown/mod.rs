//! The rules of the group `shutdown`.

mod grace_too_short;
mod immediate;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[grace_too_short::RULE, immediate::RULE];
