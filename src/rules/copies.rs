//! What the rules on configuration have in common: the same thing said of several copies of a service is said once.

use super::habit::HABIT;
use super::spread;
use super::{Context, Fold};
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

/// Findings that say the same of services which are not copies of each other, once there are many of them, are one habit of the
/// repository: it is said of the first, with how many more there are.
pub(super) fn alike(_: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    let groups = spread::grouped(0..found.len(), |at| found.get(*at).and_then(|one| nameless(one)));
    let habits = groups.into_iter().filter(|group| group.len() >= HABIT);
    let folds = habits.filter_map(|which| {
        let first = found.get(*which.first()?).filter(|one| nameless(one).is_some())?;
        let mut said = Diagnostic::clone(first);
        said.message = format!("{} (and {} others)", said.message, which.len() - 1);
        for other in which.iter().skip(1).filter_map(|at| found.get(*at)) {
            said.occurrences.push(Occurrence { span: other.primary.span, subject: other.subject.clone() });
            said.occurrences.extend(other.occurrences.iter().cloned());
        }
        Some(Fold { which, said })
    });
    folds.collect()
}

/// The words of a finding without the name that it begins with, and what is to be written.
fn nameless(one: &Diagnostic) -> Option<(&str, Option<&str>)> {
    let (_, rest) = one.message.strip_prefix('`')?.split_once('`')?;
    Some((rest, one.help.as_deref()))
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
