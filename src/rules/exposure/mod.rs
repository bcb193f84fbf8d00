//! The rules of the group `exposure`.

mod database_superuser;
mod datastore_no_auth;
mod datastore_port;
mod management_endpoints;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] =
    &[database_superuser::RULE, datastore_no_auth::RULE, datastore_port::RULE, management_endpoints::RULE];
