//! The rules of the group `versioning`.

mod deprecated_without_sunset;
mod missing_version;
mod mixed_style;
mod response_property_removed;
mod version_in_path;
mod version_not_a_date;
mod version_not_semantic;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    deprecated_without_sunset::RULE,
    missing_version::RULE,
    mixed_style::RULE,
    response_property_removed::RULE,
    version_in_path::RULE,
    version_not_a_date::RULE,
    version_not_semantic::RULE,
];
