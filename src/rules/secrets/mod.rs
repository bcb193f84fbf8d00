//! The rules of the group `secrets`.

mod committed_env_file;
mod default_in_interpolation;
mod k8s_secret_committed;
mod literal_credential;
mod token_lives_long;
mod token_signed_with_shared_key;
mod url_credential;

use super::habit::HABIT;
use super::{Fold, Rule, rehearsal, spread};
use crate::diagnostic::{Diagnostic, Occurrence, Severity};
use crate::model::runtime::secret::{Credential, FileSecrets};

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    committed_env_file::RULE,
    default_in_interpolation::RULE,
    k8s_secret_committed::RULE,
    literal_credential::RULE,
    token_lives_long::RULE,
    token_signed_with_shared_key::RULE,
    url_credential::RULE,
];

/// The finding about a file, with every further secret in it. No value is named.
fn report(file: &FileSecrets, message: impl Fn(&Credential) -> String, label: &str, help: String) -> Option<Diagnostic> {
    let first = file.first()?;
    let diagnostic = Diagnostic::new(format!("secrets {}", file.path), message(first))
        .at(first.span, label)
        .help(help)
        .evidence(first.key.clone());
    let mut diagnostic = spread::over(diagnostic, file.all.iter().map(|one| (one.span, one.key.clone())));
    if let Some(why) = file.why_harmless() {
        diagnostic = diagnostic.at_most(Severity::Info, why);
    }
    Some(rehearsal::lowered(diagnostic, file.use_for()))
}

/// From the third on, findings are one habit, with all places of the others. `say` words it: the first finding, and those that come to it.
fn habits(found: &[&Diagnostic], say: impl Fn(&mut Diagnostic, &[&Diagnostic])) -> Vec<Fold> {
    let Some((first, others)) = found.split_first().filter(|_| found.len() >= HABIT) else { return Vec::new() };
    let mut said = Diagnostic::clone(first);
    for other in others {
        said.occurrences.push(Occurrence { span: other.primary.span, subject: other.subject.clone() });
        said.occurrences.extend(other.occurrences.iter().cloned());
    }
    say(&mut said, others);
    vec![Fold { which: (0..found.len()).collect(), said }]
}
