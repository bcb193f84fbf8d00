//! What rules on configuration have in common: what only developers and tests meet is a note at most.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::Profile;

/// Lowers a finding to a note where real users never meet what it is about.
pub(super) fn lowered(diagnostic: Diagnostic, profile: Profile) -> Diagnostic {
    match profile.is_rehearsal() {
        true => diagnostic.at_most(Severity::Info, format!("its profile is {}", profile.name())),
        false => diagnostic,
    }
}
