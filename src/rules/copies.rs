//! What the rules on configuration have in common: the same thing said of several copies of a service is said once.

use crate::diagnostic::{Diagnostic, Occurrence, Severity};
use crate::model::runtime::Profile;
use std::collections::HashMap;

/// Findings with the same subject and words become one, with the place of each further copy as an occurrence: manifests are
/// repeated in releases and overlays. Of copies that are not equally grave the gravest stands first.
pub(super) fn folded(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    for mut one in found {
        let at = *places.entry((one.subject.clone(), one.message.clone())).or_insert(kept.len());
        let Some(known) = kept.get_mut(at) else {
            kept.push(one);
            continue;
        };
        if rank(known) < rank(&one) {
            std::mem::swap(known, &mut one);
        }
        known.occurrences.push(Occurrence { span: one.primary.span, subject: one.subject });
        known.occurrences.extend(one.occurrences);
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
