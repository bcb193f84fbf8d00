//! A suppression gives no reason. The engine makes the finding after the rules have run.

use crate::rules::{Rule, found_by_engine, rule};

/// A suppression gives no reason.
pub(super) const RULE: Rule = rule!("suppressions/without-reason", found_by_engine);
