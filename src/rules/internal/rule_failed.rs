//! A rule that stopped half-way. The engine makes the finding while it runs the rules.

use crate::rules::{Rule, found_by_engine, rule};

/// A rule that stopped half-way.
pub(super) const RULE: Rule = rule!("internal/rule-failed", found_by_engine);
