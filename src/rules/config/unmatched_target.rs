//! The configuration speaks of what does not exist. The engine makes the finding after the model is read.

use crate::rules::{Rule, found_by_engine, rule};

/// The configuration speaks of what does not exist.
pub(super) const RULE: Rule = rule!("config/unmatched-target", found_by_engine);
