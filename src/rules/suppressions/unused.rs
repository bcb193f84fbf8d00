//! A suppression suppresses nothing. The engine makes the finding after the rules have run.

use crate::rules::{Rule, found_by_engine, rule};

/// A suppression suppresses nothing.
pub(super) const RULE: Rule = rule!("suppressions/unused", found_by_engine);
