//! The rules of the group `pagination`.

mod bare_array;
mod inconsistent_parameters;
mod list_without_pagination;
mod malformed_parameter;
mod offset_pagination;
mod page_size_without_default;
mod page_size_without_maximum;
mod page_without_next;
mod size_without_position;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    bare_array::RULE,
    inconsistent_parameters::RULE,
    list_without_pagination::RULE,
    malformed_parameter::RULE,
    offset_pagination::RULE,
    page_size_without_default::RULE,
    page_size_without_maximum::RULE,
    page_without_next::RULE,
    size_without_position::RULE,
];
