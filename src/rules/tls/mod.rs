//! The rules of the group `tls`.

mod cookie_not_secure;
mod db_identity_unchecked;
mod db_unverified;
mod no_strict_transport;
mod spec_https_listener_plain;
mod upstream_unverified;
mod verification_off;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    cookie_not_secure::RULE,
    db_identity_unchecked::RULE,
    db_unverified::RULE,
    no_strict_transport::RULE,
    spec_https_listener_plain::RULE,
    upstream_unverified::RULE,
    verification_off::RULE,
];
