//! The rules of the group `secrets`.

mod k8s_secret_committed;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[k8s_secret_committed::RULE];
