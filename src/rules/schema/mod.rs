//! The rules of the group `schema`.

mod audit_columns_missing;
mod auto_update;
mod card_data_column;
mod char_type;
mod constrained_domain;
mod dialect_drift;
mod duplicate_column;
mod enum_type;
mod enum_value_order;
mod foreign_key_crosses_modules;
mod foreign_key_missing;
mod foreign_key_type_mismatch;
mod identifier_too_long;
mod int_key;
mod integer_column;
mod json_instead_of_jsonb;
mod missing_primary_key;
mod money_as_float;
mod mysql_inline_references;
mod reserved_or_uppercase_name;
mod row_security_missing;
mod serial_instead_of_identity;
mod smallint_column;
mod tenant_column_missing;
mod tenant_foreign_key_crosses;
mod tenant_unscoped_unique;
mod time_as_text;
mod timestamp_without_time_zone;
mod unqualified_table;
mod varchar_limit;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    audit_columns_missing::RULE,
    auto_update::RULE,
    card_data_column::RULE,
    char_type::RULE,
    constrained_domain::RULE,
    dialect_drift::RULE,
    duplicate_column::RULE,
    enum_type::RULE,
    enum_value_order::RULE,
    foreign_key_crosses_modules::RULE,
    foreign_key_missing::RULE,
    foreign_key_type_mismatch::RULE,
    identifier_too_long::RULE,
    int_key::RULE,
    integer_column::RULE,
    json_instead_of_jsonb::RULE,
    missing_primary_key::RULE,
    money_as_float::RULE,
    mysql_inline_references::RULE,
    reserved_or_uppercase_name::RULE,
    row_security_missing::RULE,
    serial_instead_of_identity::RULE,
    smallint_column::RULE,
    tenant_column_missing::RULE,
    tenant_foreign_key_crosses::RULE,
    tenant_unscoped_unique::RULE,
    time_as_text::RULE,
    timestamp_without_time_zone::RULE,
    unqualified_table::RULE,
    varchar_limit::RULE,
];
