//! The rules of the group `contract`: the API against the schema.

mod conflict_not_documented;
mod default_mismatch;
mod enum_mismatch;
mod format_mismatch;
mod internal_column_exposed;
mod length_mismatch;
mod money_as_float;
mod nullability_mismatch;
mod precondition_without_version_column;
mod range_mismatch;
mod required_without_column;
mod secret_column_exposed;
mod type_mismatch;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    conflict_not_documented::RULE,
    default_mismatch::RULE,
    enum_mismatch::RULE,
    format_mismatch::RULE,
    internal_column_exposed::RULE,
    length_mismatch::RULE,
    money_as_float::RULE,
    nullability_mismatch::RULE,
    precondition_without_version_column::RULE,
    range_mismatch::RULE,
    required_without_column::RULE,
    secret_column_exposed::RULE,
    type_mismatch::RULE,
];
