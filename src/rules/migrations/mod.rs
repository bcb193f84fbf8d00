//! The rules of the group `migrations`.

mod add_column_rewrite;
mod add_primary_key;
mod add_required_column;
mod attach_partition_scan;
mod backfill_with_schema_change;
mod column_type_change;
mod combine_alter_table;
mod concurrently_in_transaction;
mod constraint_never_validated;
mod constraint_without_not_valid;
mod create_partition_locks_parent;
mod create_table_locks_parent;
mod dependent_view;
mod domain_constraint;
mod down_does_not_restore;
mod down_missing;
mod drop_before_deploy_boundary;
mod drop_column;
mod drop_column_still_exposed;
mod drop_column_still_read;
mod drop_database;
mod drop_default_of_required_column;
mod drop_locks_referenced_table;
mod drop_not_null;
mod drop_table;
mod duplicate_version;
mod edited_applied_migration;
mod enum_value_order;
mod enum_value_used_in_transaction;
mod exclusion_constraint;
mod expand_and_contract_together;
mod flyway_concurrently_hang;
mod foreign_key_without_not_valid;
mod ineffective_directive;
mod lock_wait_exhausts_pool;
mod missing_lock_timeout;
mod missing_statement_timeout;
mod multiple_ddl_per_file;
mod multiple_table_locks;
mod mysql_blocking_index;
mod mysql_missing_lock_wait_timeout;
mod mysql_no_algorithm;
mod mysql_table_copy;
mod non_concurrent_detach_partition;
mod non_concurrent_index;
mod non_concurrent_index_drop;
mod non_concurrent_refresh;
mod non_concurrent_reindex;
mod not_null_breaks_insert;
mod not_null_without_backfill;
mod not_rerunnable;
mod out_of_order;
mod primary_key_using_nullable_index;
mod rename_column;
mod rename_enum_value;
mod rename_table;
mod rollout_order;
mod schema_dump_drift;
mod set_not_null;
mod sqlite_rebuild_loses_index;
mod sqlite_rebuild_with_foreign_keys_on;
mod sqlite_unsupported_alter;
mod statement_after_access_exclusive;
mod statement_fails;
mod table_rewrite_command;
mod transaction_nesting;
mod transition_left_behind;
mod truncate_cascade;
mod type_narrowing_against_api;
mod unbounded_backfill;
mod uncommitted_transaction;
mod unguarded_statement;
mod unique_constraint_without_index;
mod unique_index_over_existing_rows;
mod unique_over_existing_rows;
mod unread;
mod validate_in_same_transaction;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    add_column_rewrite::RULE,
    add_primary_key::RULE,
    add_required_column::RULE,
    attach_partition_scan::RULE,
    backfill_with_schema_change::RULE,
    column_type_change::RULE,
    combine_alter_table::RULE,
    concurrently_in_transaction::RULE,
    constraint_never_validated::RULE,
    constraint_without_not_valid::RULE,
    create_partition_locks_parent::RULE,
    create_table_locks_parent::RULE,
    dependent_view::RULE,
    domain_constraint::RULE,
    down_does_not_restore::RULE,
    down_missing::RULE,
    drop_before_deploy_boundary::RULE,
    drop_column::RULE,
    drop_column_still_exposed::RULE,
    drop_column_still_read::RULE,
    drop_database::RULE,
    drop_default_of_required_column::RULE,
    drop_locks_referenced_table::RULE,
    drop_not_null::RULE,
    drop_table::RULE,
    duplicate_version::RULE,
    edited_applied_migration::RULE,
    enum_value_order::RULE,
    enum_value_used_in_transaction::RULE,
    exclusion_constraint::RULE,
    expand_and_contract_together::RULE,
    flyway_concurrently_hang::RULE,
    foreign_key_without_not_valid::RULE,
    ineffective_directive::RULE,
    lock_wait_exhausts_pool::RULE,
    missing_lock_timeout::RULE,
    missing_statement_timeout::RULE,
    multiple_ddl_per_file::RULE,
    multiple_table_locks::RULE,
    mysql_blocking_index::RULE,
    mysql_missing_lock_wait_timeout::RULE,
    mysql_no_algorithm::RULE,
    mysql_table_copy::RULE,
    non_concurrent_detach_partition::RULE,
    non_concurrent_index::RULE,
    non_concurrent_index_drop::RULE,
    non_concurrent_refresh::RULE,
    non_concurrent_reindex::RULE,
    not_null_breaks_insert::RULE,
    not_null_without_backfill::RULE,
    not_rerunnable::RULE,
    out_of_order::RULE,
    primary_key_using_nullable_index::RULE,
    rename_column::RULE,
    rename_enum_value::RULE,
    rename_table::RULE,
    rollout_order::RULE,
    schema_dump_drift::RULE,
    set_not_null::RULE,
    sqlite_rebuild_loses_index::RULE,
    sqlite_rebuild_with_foreign_keys_on::RULE,
    sqlite_unsupported_alter::RULE,
    statement_after_access_exclusive::RULE,
    statement_fails::RULE,
    table_rewrite_command::RULE,
    transaction_nesting::RULE,
    transition_left_behind::RULE,
    truncate_cascade::RULE,
    type_narrowing_against_api::RULE,
    unbounded_backfill::RULE,
    uncommitted_transaction::RULE,
    unguarded_statement::RULE,
    unique_constraint_without_index::RULE,
    unique_index_over_existing_rows::RULE,
    unique_over_existing_rows::RULE,
    unread::RULE,
    validate_in_same_transaction::RULE,
];
