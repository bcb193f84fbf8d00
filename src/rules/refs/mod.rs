//! The rules of the group `refs`.

mod ignored_siblings;
mod undefined_mapping;
mod unresolved;
mod unused_component;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[ignored_siblings::RULE, undefined_mapping::RULE, unresolved::RULE, unused_component::RULE];
