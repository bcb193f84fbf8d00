//! The rules of the group `exposure`.

mod management_endpoints;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[management_endpoints::RULE];
