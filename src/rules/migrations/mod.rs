//! The rules of the group `migrations`.

mod add_column_rewrite;
mod add_column_volatile_default;
mod add_primary_key;
mod add_required_column;
mod column_type_change;
mod concurrently_in_transaction;
mod constraint_never_validated;
mod constraint_without_not_valid;
mod drop_column;
mod drop_column_still_exposed;
mod duplicate_version;
mod edited_applied_migration;
mod exclusion_constraint;
mod expand_and_contract_together;
mod foreign_key_without_not_valid;
mod ineffective_directive;
mod non_concurrent_index;
mod not_null_without_backfill;
mod out_of_order;
mod primary_key_using_nullable_index;
mod rename_column;
mod set_not_null;
mod unique_constraint_without_index;
mod unread;
mod validate_in_same_transaction;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    add_column_rewrite::RULE,
    add_column_volatile_default::RULE,
    add_primary_key::RULE,
    add_required_column::RULE,
    column_type_change::RULE,
    concurrently_in_transaction::RULE,
    constraint_never_validated::RULE,
    constraint_without_not_valid::RULE,
    drop_column::RULE,
    drop_column_still_exposed::RULE,
    duplicate_version::RULE,
    edited_applied_migration::RULE,
    exclusion_constraint::RULE,
    expand_and_contract_together::RULE,
    foreign_key_without_not_valid::RULE,
    ineffective_directive::RULE,
    non_concurrent_index::RULE,
    not_null_without_backfill::RULE,
    out_of_order::RULE,
    primary_key_using_nullable_index::RULE,
    rename_column::RULE,
    set_not_null::RULE,
    unique_constraint_without_index::RULE,
    unread::RULE,
    validate_in_same_transaction::RULE,
];
