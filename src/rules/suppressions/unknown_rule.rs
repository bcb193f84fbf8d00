//! A suppression names a rule that does not exist. The engine makes the finding after the rules have run.

use crate::rules::{Rule, found_by_engine, rule};

/// A suppression names a rule that does not exist.
pub(super) const RULE: Rule = rule!("suppressions/unknown-rule", found_by_engine);
