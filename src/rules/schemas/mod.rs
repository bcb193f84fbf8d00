//! The rules of the group `schemas`.

mod key_of_other_version;
mod missing_key;
mod unknown_key;
mod wrong_value;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[key_of_other_version::RULE, missing_key::RULE, unknown_key::RULE, wrong_value::RULE];
