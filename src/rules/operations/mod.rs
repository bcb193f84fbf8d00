//! The rules of the group `operations`.

mod body_on_safe_method;
mod duplicate_operation_id;
mod duplicate_parameter;
mod inconsistent_resource_body;
mod merge_patch_requires_properties;
mod missing_operation_id;
mod optional_request_body;
mod patch_without_patch_format;
mod precondition_without_etag;
mod read_without_cache_headers;
mod required_parameter_with_default;
mod undefined_tag;
mod unsafe_operation_id;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    body_on_safe_method::RULE,
    duplicate_operation_id::RULE,
    duplicate_parameter::RULE,
    inconsistent_resource_body::RULE,
    merge_patch_requires_properties::RULE,
    missing_operation_id::RULE,
    optional_request_body::RULE,
    patch_without_patch_format::RULE,
    precondition_without_etag::RULE,
    read_without_cache_headers::RULE,
    required_parameter_with_default::RULE,
    undefined_tag::RULE,
    unsafe_operation_id::RULE,
];
