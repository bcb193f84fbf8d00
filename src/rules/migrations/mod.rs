//! The rules of the group `migrations`.

mod add_required_column;
mod column_type_change;
mod concurrently_in_transaction;
mod drop_column;
mod drop_column_still_exposed;
mod non_concurrent_index;
mod rename_column;
mod set_not_null;
mod unread;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    add_required_column::RULE,
    column_type_change::RULE,
    concurrently_in_transaction::RULE,
    drop_column::RULE,
    drop_column_still_exposed::RULE,
    non_concurrent_index::RULE,
    rename_column::RULE,
    set_not_null::RULE,
    unread::RULE,
];
