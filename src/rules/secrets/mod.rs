//! The rules of the group `secrets`.

mod committed_env_file;
mod default_in_interpolation;
mod k8s_secret_committed;
mod literal_credential;
mod token_lives_long;
mod token_signed_with_shared_key;
mod url_credential;

use super::{Rule, rehearsal, spread};
use crate::diagnostic::{Diagnostic, Severity};
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
