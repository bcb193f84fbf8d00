//! What the rules on configuration have in common: the same thing said of several copies of a service is said once.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::Profile;

/// Findings with the same subject and words become one, with the place of each further copy as an occurrence: manifests are
/// repeated in releases and overlays. Of copies that are not equally grave the gravest stands first.
pub(super) fn folded(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    for one in found {
        match kept.iter_mut().find(|known| known.subject == one.subject && known.message == one.message) {
            Some(known) if rank(known) < rank(&one) => {
                let before = std::mem::replace(known, one);
                known.occurrences.push(crate::diagnostic::Occurrence { span: before.primary.span, subject: before.subject });
                known.occurrences.extend(before.occurrences);
            }
            Some(known) => {
                known.occurrences.push(crate::diagnostic::Occurrence { span: one.primary.span, subject: one.subject });
                known.occurrences.extend(one.occurrences);
            }
            None => kept.push(one),
        }
    }
    kept
}

fn rank(diagnostic: &Diagnostic) -> Severity {
    diagnostic.severity_cap.unwrap_or(Severity::Error)
}

/// What is made for development, tests or examples is worth a note at most.
pub(super) fn rehearsed(diagnostic: Diagnostic, profile: Profile) -> Diagnostic {
    match profile.is_rehearsal() {
        true => diagnostic.at_most(Severity::Info, format!("its profile is {}", profile.name())),
        false => diagnostic,
    }
}
