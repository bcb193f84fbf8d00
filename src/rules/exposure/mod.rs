//! The rules of the group `exposure`.

mod management_endpoints;
mod datastore_no_auth;
mod datastore_port;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[management_endpoints::RULE];
pub(super) const RULES: &[Rule] = &[datastore_no_auth::RULE, datastore_port::RULE];
