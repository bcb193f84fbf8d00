//! The rules of the group `timeouts`.

mod explicitly_disabled;
mod gateway_below_app;
mod statement_timeout_missing;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[explicitly_disabled::RULE, gateway_below_app::RULE, statement_timeout_missing::RULE];
