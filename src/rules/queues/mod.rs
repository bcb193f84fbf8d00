//! The rules of the group `queues`.

mod auto_ack;
mod hot_requeue;
mod inbox_not_unique;
mod no_dlq;
mod outbox_unindexed;
mod topic_not_durable;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] =
    &[auto_ack::RULE, hot_requeue::RULE, inbox_not_unique::RULE, no_dlq::RULE, outbox_unindexed::RULE, topic_not_durable::RULE];
