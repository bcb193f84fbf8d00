//! The rules of the group `pagination`.

mod list_without_pagination;
mod page_size_without_maximum;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[list_without_pagination::RULE, page_size_without_maximum::RULE];
