//! A suppression's last day has passed. The engine makes the finding after the rules have run.

use crate::rules::{Rule, found_by_engine, rule};

/// A suppression's last day has passed.
pub(super) const RULE: Rule = rule!("suppressions/expired", found_by_engine);
