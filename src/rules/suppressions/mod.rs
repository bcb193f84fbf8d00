//! The rules of the group `suppressions`: what is wrong with the exceptions that somebody made.

mod expired;
mod unknown_rule;
mod unused;
mod without_reason;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[expired::RULE, unknown_rule::RULE, unused::RULE, without_reason::RULE];
