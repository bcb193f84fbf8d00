//! The rules of the group `tls`.

mod cookie_not_secure;
mod db_unverified;
mod verification_off;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[cookie_not_secure::RULE, db_unverified::RULE, verification_off::RULE];
