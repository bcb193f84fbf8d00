//! The rules of the group `queues`.

mod auto_ack;
mod hot_requeue;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[auto_ack::RULE, hot_requeue::RULE];
